package dev.obverse.benchmarks.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.obverse.benchmarks.side.Side;
import dev.obverse.benchmarks.work.Inputs;
import dev.obverse.benchmarks.work.RecogniserWork;
import dev.obverse.benchmarks.work.Task;
import dev.obverse.benchmarks.work.TraceWork;
import dev.obverse.benchmarks.work.Work;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** ONNX Runtime, which only infers: with all of its graph optimisations, and inputs and outputs that stay in place. */
public final class OnnxRuntime implements Side {
    private int threads = 1;

    @Override
    public String name() {
        return "onnxruntime";
    }

    @Override
    public List<String> settings(Work work) {
        return work instanceof TraceWork || work instanceof RecogniserWork ? List.of("") : List.of();
    }

    @Override
    public Map<String, String> environment(int threads) {
        return Libtorch.KEEP_MEMORY;
    }

    @Override
    public List<String> jvmOptions(int threads) {
        return List.of(
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-XX:+UseSerialGC");
    }

    @Override
    public void start(int threads) {
        this.threads = threads;
    }

    @Override
    public Task prepare(Work work, String setting) {
        try {
            return switch (work) {
                case TraceWork trace ->
                    new Inference(
                            OnnxDrn.model(trace),
                            trace.batch(),
                            trace.size(),
                            Inputs.uniform("fake", trace.batch() * trace.size() * trace.size() * 3));
                case RecogniserWork recogniser ->
                    new Inference(recogniser.model(), recogniser.batch(), RecogniserWork.SIZE, recogniser.faces());
                default -> throw new IllegalArgumentException(name() + " cannot do " + work.title());
            };
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A network from images to images or vectors. */
    private final class Inference implements Task {
        private final OrtSession session;
        private final Map<String, OnnxTensor> inputs;
        private final Map<String, OnnxTensor> outputs;
        private final FloatBuffer result;
        private final long[] extents;

        /** @param images {@code [N,S,S,3]} */
        Inference(byte[] model, int batch, int size, float[] images) throws OrtException {
            var environment = OrtEnvironment.getEnvironment();
            var options = new OrtSession.SessionOptions();
            options.setIntraOpNumThreads(threads);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            session = environment.createSession(model, options);
            var nchw = FloatBuffer.wrap(reordered(images, batch, size * size, true));
            var given = OnnxTensor.createTensor(environment, nchw, new long[] {batch, 3, size, size});
            inputs = Map.of(session.getInputNames().iterator().next(), given);
            try (var first = session.run(inputs)) {
                extents = ((TensorInfo) first.get(0).getInfo()).getShape();
            }
            result = buffer((int) Arrays.stream(extents).reduce(1, (a, b) -> a * b));
            outputs = Map.of(
                    session.getOutputNames().iterator().next(), OnnxTensor.createTensor(environment, result, extents));
        }

        private static FloatBuffer buffer(int length) {
            return java.nio.ByteBuffer.allocateDirect(4 * length)
                    .order(java.nio.ByteOrder.nativeOrder())
                    .asFloatBuffer();
        }

        @Override
        public void run() {
            try (var _ = session.run(inputs, outputs)) {
                // The result is in the buffer that is ours.
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public float[] result() {
            run();
            var values = new float[result.capacity()];
            result.get(0, values);
            return extents.length == 4
                    ? reordered(values, (int) extents[0], (int) (extents[2] * extents[3]), false)
                    : values;
        }

        /** Between [N,H,W,3] and [N,3,H,W]. */
        private static float[] reordered(float[] values, int batch, int pixels, boolean toChannelsFirst) {
            var result = new float[values.length];
            for (int n = 0; n < batch; n++) {
                for (int pixel = 0; pixel < pixels; pixel++) {
                    for (int c = 0; c < 3; c++) {
                        int last = (n * pixels + pixel) * 3 + c;
                        int first = (n * 3 + c) * pixels + pixel;
                        result[toChannelsFirst ? first : last] = values[toChannelsFirst ? last : first];
                    }
                }
            }
            return result;
        }
    }
}
