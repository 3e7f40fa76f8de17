package dev.obverse.drn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.obverse.drn.DrnConfig.Preset;
import dev.obverse.nn.onnx.OnnxExport;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The network, exported, gives the same in ONNX Runtime. */
class TracerExportTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    static Stream<Architecture> architectures() {
        var paper = DrnConfig.of(Preset.PAPER).architecture().withSize(32).withWidth(8);
        var recommended =
                DrnConfig.of(Preset.RECOMMENDED).architecture().withSize(32).withWidth(8);
        return Stream.of(
                paper,
                recommended,
                DrnConfig.of(Preset.SMALL).architecture(),
                with(paper, Architecture.Normalization.GROUP, Architecture.Upsampling.NEAREST),
                with(paper, Architecture.Normalization.INSTANCE, Architecture.Upsampling.BILINEAR));
    }

    private static Architecture with(
            Architecture a, Architecture.Normalization normalization, Architecture.Upsampling upsampling) {
        return new Architecture(
                a.size(),
                a.width(),
                a.embedding(),
                a.slope(),
                normalization,
                Architecture.Halving.STRIDED_CONV,
                Architecture.Head.GLOBAL_AVERAGE,
                upsampling,
                Architecture.Skips.ATTRIBUTE_ONLY,
                Architecture.Output.IMAGE);
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void traceIsTheSameInOnnxRuntime(Architecture architecture) throws IOException, OrtException {
        var network = new DisentanglingReversingNetwork(architecture, 4);
        int size = architecture.size();
        var file = folder.resolve("trace.onnx");
        new OnnxExport(network, network::trace, size, size, 3)
                .names("fake", "traced")
                .write(file);

        var fakes = Tensor.rand(Device.cpu(), new Philox(6), Shape.of(2, size, size, 3));
        var expected = network.trace(fakes).permute(0, 3, 1, 2);
        var environment = OrtEnvironment.getEnvironment();
        long[] extents = {2, 3, size, size};
        try (var session = environment.createSession(file.toString());
                var input = OnnxTensor.createTensor(
                        environment, FloatBuffer.wrap(fakes.permute(0, 3, 1, 2).toArray()), extents);
                var results = session.run(Map.of("fake", input))) {
            var traced = new float[expected.size()];
            ((OnnxTensor) results.get(0)).getFloatBuffer().get(traced);
            assertArrayEquals(expected.toArray(), traced, 1e-5f);
        }
    }
}
