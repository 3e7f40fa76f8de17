package dev.obverse.nn.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.obverse.autograd.NoGrad;
import dev.obverse.nn.Module;
import dev.obverse.nn.checkpoint.AtomicFile;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import dev.obverse.tensor.op.Call;
import dev.obverse.tensor.op.Trace;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Writes what a module computes in inference as an ONNX file (opset 18), for ONNX Runtime and others. The module is run
 * once and its operations are written down, so every module can be exported whose operations ONNX has; what depends on
 * the values of its input cannot.
 *
 * <p>Images are {@code [batch,C,H,W]} in the file, with any batch; every other extent is as given. Before a file is
 * written it is read back and compared with the module.
 *
 * <pre>{@code new OnnxExport(network, network::trace, 128, 128, 3).names("fake", "traced").write(file);}</pre>
 */
public final class OnnxExport {
    private static final int TRACED = 3;
    private static final int CHECKED = 2;

    private final Module module;
    private final UnaryOperator<Tensor> forward;
    private final int[] extents;
    private final Map<String, String> facts = new LinkedHashMap<>();
    private String input = "input";
    private String output = "output";

    /**
     * Prepares an export; switches the module to evaluation mode.
     *
     * @param forward what to export, for a tensor {@code [N,extents..]}
     * @param extents of a sample, channels last: 128, 128, 3 for images
     */
    public OnnxExport(Module module, UnaryOperator<Tensor> forward, int... extents) {
        module.eval();
        this.module = module;
        this.forward = forward;
        this.extents = extents.clone();
    }

    /** What input and output are called. */
    public OnnxExport names(String in, String out) {
        input = in;
        output = out;
        return this;
    }

    /** Free text for whoever opens the file. */
    public OnnxExport fact(String key, String value) {
        facts.put(key, value);
        return this;
    }

    /**
     * Writes the file, complete or not at all.
     *
     * @throws IllegalArgumentException naming an operation that ONNX does not have
     */
    public void write(Path file) throws IOException {
        var model = build();
        verify(model);
        AtomicFile.write(file, channel -> {
            var out = Channels.newOutputStream(channel);
            model.writeTo(out);
            out.flush();
        });
    }

    private ModelProto build() {
        try (var scope = TensorScope.open()) {
            var x = scope.keep(example(TRACED, 1)).requiresGrad(true);
            var results = new Tensor[1];
            List<Call> calls = Trace.of(() -> results[0] = forward.apply(x));
            var y = results[0];
            var graph = new ExportGraph(module.namedTensors(), TRACED);
            graph.input(input, x);
            calls.forEach(call -> ExportOp.add(graph, call));
            return graph.model(module.getClass().getSimpleName(), output, y, facts);
        }
    }

    private Tensor example(int batch, long seed) {
        var shape = new int[extents.length + 1];
        shape[0] = batch;
        System.arraycopy(extents, 0, shape, 1, extents.length);
        var device = module.parameters().isEmpty()
                ? Device.cpu()
                : module.parameters().getFirst().value().device();
        return Tensor.rand(device, new Philox(seed), Shape.of(shape));
    }

    /** Another input, another batch: a value that was taken for a constant and is none shows. */
    private void verify(ModelProto model) throws IOException {
        var read = OnnxModule.read(model.toByteArray());
        try (var _ = TensorScope.open();
                var _ = NoGrad.open()) {
            var x = example(CHECKED, 2);
            var expected = forward.apply(x);
            read.to(x.device());
            Tensor actual;
            try {
                actual = x.rank() < 3 ? read.forward(x) : read.forwardImages(x);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "This module cannot be exported for any batch: " + e.getMessage(), e);
            }
            double scale = expected.abs().amax().item();
            double difference = expected.shape().equals(actual.shape())
                    ? expected.sub(actual).abs().amax().item()
                    : Double.POSITIVE_INFINITY;
            if (!(difference <= 1e-4 * (1 + scale))) {
                throw new IllegalArgumentException("This module cannot be exported: it computes with values of its"
                        + " input outside of the recorded operations, so that the exported graph differs from it by "
                        + difference);
            }
        }
    }
}
