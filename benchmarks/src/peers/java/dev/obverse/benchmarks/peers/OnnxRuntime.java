package dev.obverse.benchmarks.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.obverse.benchmarks.side.Side;
import dev.obverse.benchmarks.work.Inputs;
import dev.obverse.benchmarks.work.Task;
import dev.obverse.benchmarks.work.TraceWork;
import dev.obverse.benchmarks.work.Work;
import java.nio.FloatBuffer;
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
        return work instanceof TraceWork ? List.of("") : List.of();
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
            return new Trace((TraceWork) work, threads);
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Trace implements Task {
        private final TraceWork work;
        private final OrtSession session;
        private final OnnxTensor fake;
        private final OnnxTensor traced;

        Trace(TraceWork work, int threads) throws OrtException {
            this.work = work;
            var environment = OrtEnvironment.getEnvironment();
            var options = new OrtSession.SessionOptions();
            options.setIntraOpNumThreads(threads);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            session = environment.createSession(OnnxDrn.model(work), options);
            var extents = new long[] {work.batch(), 3, work.size(), work.size()};
            var nhwc = Inputs.uniform("fake", work.batch() * work.size() * work.size() * 3);
            fake = OnnxTensor.createTensor(environment, FloatBuffer.wrap(reordered(nhwc, true)), extents);
            traced = OnnxTensor.createTensor(environment, buffer(nhwc.length), extents);
        }

        private static FloatBuffer buffer(int length) {
            return java.nio.ByteBuffer.allocateDirect(4 * length)
                    .order(java.nio.ByteOrder.nativeOrder())
                    .asFloatBuffer();
        }

        @Override
        public void run() {
            try (var _ = session.run(Map.of("fake", fake), Map.of("traced", traced))) {
                // The result is in the buffer that is ours.
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public float[] result() {
            run();
            var nchw = new float[work.batch() * work.size() * work.size() * 3];
            traced.getFloatBuffer().get(nchw);
            return reordered(nchw, false);
        }

        /** Between [N,H,W,3] and [N,3,H,W]. */
        private float[] reordered(float[] values, boolean toChannelsFirst) {
            var result = new float[values.length];
            int pixels = work.size() * work.size();
            for (int n = 0; n < work.batch(); n++) {
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
