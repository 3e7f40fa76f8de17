package dev.obverse.nn.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.obverse.autograd.GradientCheck;
import dev.obverse.nn.checkpoint.Npy;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small graphs against ONNX Runtime ({@code onnx_golden.py}), gradients, and what a graph becomes. */
class OnnxModuleTest {
    static Path file(String name) {
        try {
            return Path.of(Objects.requireNonNull(OnnxModuleTest.class.getResource(name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static Tensor x(String model) throws IOException {
        var x = Objects.requireNonNull(Npy.readAll(file(model + ".npz")).get("x"));
        return Tensor.of(Device.cpu(), x.floats(), x.shape());
    }

    @ParameterizedTest
    @ValueSource(strings = {"recogniser", "older", "decoder", "fused"})
    void givesWhatOnnxRuntimeGives(String model) throws IOException {
        var module = OnnxModule.read(file(model + ".onnx"));
        var expected = Objects.requireNonNull(Npy.readAll(file(model + ".npz")).get("y"));
        var y = module.forward(x(model));
        assertEquals(expected.shape(), y.shape());
        assertArrayEquals(expected.floats(), y.toArray(), 2e-5f);
        var images = module.forwardImages(x(model).permute(0, 2, 3, 1));
        var back = images.rank() == 4 ? images.permute(0, 3, 1, 2) : images;
        assertArrayEquals(expected.floats(), back.toArray(), 2e-5f);
    }

    @ParameterizedTest
    @ValueSource(strings = {"recogniser", "older", "decoder", "fused"})
    void inputHasAGradient(String model) throws IOException {
        var module = OnnxModule.read(file(model + ".onnx"));
        module.to(Device.reference());
        GradientCheck.of(x -> module.forward(x.get(0)).square().sum(), x(model)).verify();
    }

    @Test
    void weightsCanBeTrained() throws IOException {
        var module = OnnxModule.read(file("recogniser.onnx"));
        assertTrue(module.parameters().stream().allMatch(p -> p.isFrozen()));
        module.unfreeze();
        module.forward(x("recogniser")).square().sum().backward();
        module.namedParameters().forEach((name, p) -> Objects.requireNonNull(p.grad(), name));
    }

    @Test
    void normsAreFoldedAndShapesComputedOnce() throws IOException {
        var module = OnnxModule.read(file("recogniser.onnx"));
        // The first convolution with its norm and PRelu, the Gemm with its norm; Cast is folded.
        assertTrue(module.toString().contains("14 steps"), module.toString());
        assertTrue(module.namedParameters().containsKey("n1/weight"), module.toString());
        assertEquals(Shape.of(3, 3, 3, 8), module.parameter("n1/weight").shape(), "permuted to [KH,KW,Cin,Cout] once");
    }

    @Test
    void convolutionsTakeInWhatFollowsThem() throws IOException {
        var module = OnnxModule.read(file("fused.onnx"));
        // Seven convolutions, the mean, a sum of a value with itself, and a norm behind a residual.
        assertTrue(module.toString().contains("10 steps"), module.toString());
    }

    @Test
    void memoryIsGivenBackButForTheResult() throws IOException {
        var module = OnnxModule.read(file("fused.onnx"));
        var x = x("fused");
        float[] expected = module.forward(x).toArray();
        try (var scope = TensorScope.open()) {
            var copy = scope.keep(x.mul(1));
            var y = module.forward(copy);
            module.forward(copy.neg());
            assertArrayEquals(expected, y.toArray(), "another pass does not write into the first one's result");
            assertArrayEquals(x.toArray(), copy.toArray());
        }
    }

    @Test
    void batchIsOpenAndChannelsAreNot() throws IOException {
        var module = OnnxModule.read(file("recogniser.onnx"));
        var random = new Philox(3);
        var y = module.forward(Tensor.randn(Device.cpu(), random, Shape.of(5, 3, 12, 14)));
        assertEquals(Shape.of(5, 5), y.shape());
        var wrong = Tensor.randn(Device.cpu(), random, Shape.of(1, 4, 12, 14));
        var e = assertThrows(IllegalArgumentException.class, () -> module.forward(wrong));
        assertEquals("The input x [?, 3, 12, 14] does not take a tensor of shape [1,4,12,14]", e.getMessage());
    }

    @Test
    void unsupportedOperatorIsOneSentence() throws IOException {
        var model = ModelProto.parseFrom(Files.readAllBytes(file("older.onnx"))).toBuilder();
        model.getGraphBuilder().getNodeBuilder(2).setOpType("Einsum").setName("odd");
        var e = assertThrows(
                IOException.class, () -> OnnxModule.read(model.build().toByteArray()));
        var message = String.valueOf(e.getMessage());
        assertTrue(
                message.startsWith("This content: node 'odd' (Einsum, opset 9): the operator Einsum is not supported;"
                        + " supported are Abs, Add, "),
                message);
    }
}
