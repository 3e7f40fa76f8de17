package dev.obverse.nn.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.obverse.backend.ResizeSpec;
import dev.obverse.nn.Layer;
import dev.obverse.nn.layer.AvgPool2d;
import dev.obverse.nn.layer.BatchNorm;
import dev.obverse.nn.layer.Conv2d;
import dev.obverse.nn.layer.ConvTranspose2d;
import dev.obverse.nn.layer.Dropout;
import dev.obverse.nn.layer.Flatten;
import dev.obverse.nn.layer.GELU;
import dev.obverse.nn.layer.GlobalAvgPool2d;
import dev.obverse.nn.layer.GroupNorm;
import dev.obverse.nn.layer.InstanceNorm;
import dev.obverse.nn.layer.LayerNorm;
import dev.obverse.nn.layer.Linear;
import dev.obverse.nn.layer.LogSoftmax;
import dev.obverse.nn.layer.MaxPool2d;
import dev.obverse.nn.layer.PReLU;
import dev.obverse.nn.layer.Residual;
import dev.obverse.nn.layer.Sequential;
import dev.obverse.nn.layer.SiLU;
import dev.obverse.nn.layer.Sigmoid;
import dev.obverse.nn.layer.Softmax;
import dev.obverse.nn.layer.Tanh;
import dev.obverse.nn.layer.Upsample;
import dev.obverse.random.Philox;
import dev.obverse.tensor.ConvOptions;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is exported gives the same in ONNX Runtime. */
class OnnxExportTest {
    private static final Philox RANDOM = new Philox(5);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    /** A function of images, as a layer. */
    private static Layer layer(UnaryOperator<Tensor> f) {
        return new Layer() {
            @Override
            public Tensor forward(Tensor x) {
                return f.apply(x);
            }
        };
    }

    private static final Conv2d PARTED = new Conv2d(14, 5, 3, Conv2d.same(3), 0.2, RANDOM);

    static Stream<Layer> layers() {
        var stride = ConvOptions.DEFAULT.stride(2).padding(1);
        return Stream.of(
                new Sequential(
                        new Conv2d(6, 8, 3, stride, 0.2, RANDOM),
                        new BatchNorm(8),
                        new PReLU(8),
                        new MaxPool2d(2),
                        new Flatten(),
                        new Linear(8 * 2 * 2, 5, RANDOM),
                        new Softmax()),
                new Sequential(new GroupNorm(2, 6), new SiLU(), new InstanceNorm(6), new GELU(), new Tanh()),
                new Sequential(
                        BatchNorm.withLeakyRelu(6, 0.2),
                        GroupNorm.withLeakyRelu(3, 6, 0),
                        new InstanceNorm(6, 1e-4, true, 0.1)),
                new Sequential(new Flatten(), new Linear(8 * 8 * 6, 5, RANDOM), BatchNorm.withLeakyRelu(5, 0.3)),
                new Sequential(
                        new ConvTranspose2d(6, 4, 2, ConvOptions.DEFAULT.stride(2), RANDOM),
                        new Upsample(2, ResizeSpec.Mode.BILINEAR),
                        new Upsample(2, ResizeSpec.Mode.NEAREST),
                        new AvgPool2d(3),
                        new Sigmoid()),
                new Sequential(new Residual(new Conv2d(6, 6, 3, RANDOM)), new GlobalAvgPool2d(), new LayerNorm(6)),
                new Sequential(new LayerNorm(6), new Dropout(0.5, RANDOM), new Linear(6, 3, RANDOM), new LogSoftmax()),
                layer(x -> Functional.concat(3, x, x.square().mul(0.5).add(1)).slice(3, 2, 9)),
                layer(x -> PARTED.forward(List.of(x, x.tanh(), x.slice(3, 1, 3)))),
                layer(x -> x.pad(new int[] {0, 1, 2, 0}, new int[] {0, 0, 1, 2}, 0.5)
                        .flip(1, 3)),
                layer(x -> x.permute(0, 3, 1, 2).reshape(x.dim(0), 6, -1).mean(2)),
                layer(x -> x.abs()
                        .add(0.1)
                        .log()
                        .exp()
                        .sqrt()
                        .reciprocal()
                        .clamp(0.5, 3)
                        .sum(1, 3)),
                layer(x -> x.indexSelect(3, 2, 0, 2)
                        .amaxKeepDims(1, 2)
                        .sub(x.slice(3, 0, 3))
                        .maximum(Tensor.of(new float[] {0.1f, 0.2f, 0.3f}, 3))),
                layer(x -> x.meanKeepDims(3).div(Tensor.full(Device.cpu(), 3, Shape.of(8, 8, 1)))));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void givesTheSameInOnnxRuntime(Layer layer) throws IOException, OrtException {
        warm(layer);
        var file = folder.resolve("layer.onnx");
        new OnnxExport(layer, layer::forward, 8, 8, 6).names("x", "y").write(file);
        var x = Tensor.randn(Device.cpu(), new Philox(9), Shape.of(2, 8, 8, 6));
        var expected = layer.forward(x);
        var order = expected.rank() == 4 ? new int[] {0, 3, 1, 2} : expected.rank() == 3 ? new int[] {0, 2, 1} : null;
        var y = order == null ? expected : expected.permute(order);
        assertArrayEquals(y.toArray(), onnxRuntime(file, x.permute(0, 3, 1, 2)), 1e-5f);
    }

    /** Statistics of batch norm that are not their initial ones. */
    private static void warm(Layer layer) {
        layer.train();
        layer.forward(Tensor.randn(Device.cpu(), new Philox(2), Shape.of(4, 8, 8, 6)));
        layer.eval();
    }

    static float[] onnxRuntime(Path file, Tensor x) throws OrtException {
        var extents = new long[x.rank()];
        for (int i = 0; i < extents.length; i++) {
            extents[i] = x.dim(i);
        }
        var environment = OrtEnvironment.getEnvironment();
        try (var session = environment.createSession(file.toString());
                var input = OnnxTensor.createTensor(environment, FloatBuffer.wrap(x.toArray()), extents);
                var results = session.run(Map.of("x", input))) {
            var buffer = ((OnnxTensor) results.get(0)).getFloatBuffer();
            var values = new float[buffer.remaining()];
            buffer.get(values);
            return values;
        }
    }

    @Test
    void whatDependsOnValuesIsRefused() {
        var byValue = layer(x -> x.mul(x.detach().amax().item()));
        var e = assertThrows(
                IllegalArgumentException.class,
                () -> new OnnxExport(byValue, byValue::forward, 4, 4, 2).write(folder.resolve("no.onnx")));
        assertTrue(
                String.valueOf(e.getMessage()).startsWith("This module cannot be exported: it computes with values"));
        var byBatch = layer(x -> x.reshape(x.dim(0) * 4, 4, 2));
        var fixed = assertThrows(
                IllegalArgumentException.class,
                () -> new OnnxExport(byBatch, byBatch::forward, 4, 4, 2).write(folder.resolve("no.onnx")));
        assertTrue(
                String.valueOf(fixed.getMessage()).startsWith("This module cannot be exported for any batch: "),
                fixed.getMessage());
    }
}
