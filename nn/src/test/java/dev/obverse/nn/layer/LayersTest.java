package dev.obverse.nn.layer;

import static dev.obverse.nn.Golden.assertClose;
import static dev.obverse.nn.Thrown.message;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.backend.ResizeSpec;
import dev.obverse.nn.Golden;
import dev.obverse.nn.Layer;
import dev.obverse.nn.ModuleGradientCheck;
import dev.obverse.nn.init.Init;
import dev.obverse.random.Philox;
import dev.obverse.tensor.ConvOptions;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.PoolOptions;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LayersTest {
    /** A layer with the input it is tried on and the shape it must return. */
    record Case(String name, Layer layer, Shape input, Shape output) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case of(Layer layer, Shape input, int... output) {
        return new Case(layer.toString().lines().findFirst().orElseThrow(), layer, input, Shape.of(output));
    }

    static Stream<Case> layers() {
        var random = new Philox(11);
        var image = Shape.of(2, 4, 6, 4);
        var rows = Shape.of(3, 5);
        var halving = ConvOptions.DEFAULT.stride(2).padding(1);
        var doubling = ConvOptions.DEFAULT.stride(2);
        return Stream.of(
                of(new Conv2d(4, 3, 3, random), image, 2, 4, 6, 3),
                of(new Conv2d(4, 6, 3, halving.groups(2), 0.2, random), image, 2, 2, 3, 6),
                of(
                        new Conv2d(4, 2, 1, 3, ConvOptions.DEFAULT, false, 1, Init.kaimingUniform(1), random),
                        image,
                        2,
                        4,
                        4,
                        2),
                of(new ConvTranspose2d(4, 3, 2, doubling, random), image, 2, 8, 12, 3),
                of(
                        new ConvTranspose2d(4, 2, 3, 3, halving.groups(2), 1, false, Init.xavierNormal(1), random),
                        image,
                        2,
                        8,
                        12,
                        2),
                of(new Linear(5, 4, random), rows, 3, 4),
                of(new Linear(4, 2, false, Init.xavierUniform(1), random), image, 2, 4, 6, 2),
                of(new LeakyReLU(0.2), rows, 3, 5),
                of(new ReLU(), rows, 3, 5),
                of(new PReLU(), image, 2, 4, 6, 4),
                of(new PReLU(4), image, 2, 4, 6, 4),
                of(new SiLU(), rows, 3, 5),
                of(new GELU(), rows, 3, 5),
                of(new Sigmoid(), rows, 3, 5),
                of(new Tanh(), rows, 3, 5),
                of(new MaxPool2d(2), image, 2, 2, 3, 4),
                of(new AvgPool2d(PoolOptions.window(3).stride(2).padding(1)), image, 2, 2, 3, 4),
                of(new GlobalAvgPool2d(), image, 2, 4),
                of(new Upsample(2, ResizeSpec.Mode.NEAREST), image, 2, 8, 12, 4),
                of(new Upsample(2, ResizeSpec.Mode.BILINEAR), image, 2, 8, 12, 4),
                of(new BatchNorm(4), image, 2, 4, 6, 4),
                of(new BatchNorm(5), rows, 3, 5),
                of(evaluating(new BatchNorm(4)), image, 2, 4, 6, 4),
                of(BatchNorm.withLeakyRelu(4, 0.2), image, 2, 4, 6, 4),
                of(evaluating(BatchNorm.withLeakyRelu(4, 0.2)), image, 2, 4, 6, 4),
                of(InstanceNorm.withLeakyRelu(4, 0.2), image, 2, 4, 6, 4),
                of(GroupNorm.withLeakyRelu(2, 4, 0.2), image, 2, 4, 6, 4),
                of(new InstanceNorm(4), image, 2, 4, 6, 4),
                of(new InstanceNorm(4, 1e-3, true), image, 2, 4, 6, 4),
                of(new GroupNorm(2, 4), image, 2, 4, 6, 4),
                of(new LayerNorm(5), rows, 3, 5),
                of(new Dropout(0.3, random), image, 2, 4, 6, 4),
                of(new Flatten(), image, 2, 96),
                of(new Softmax(), rows, 3, 5),
                of(new LogSoftmax(), rows, 3, 5),
                of(new Identity(), rows, 3, 5),
                of(new Residual(new Linear(5, 5, random)), rows, 3, 5),
                of(new Residual(new Linear(5, 2, random), new Linear(5, 2, random)), rows, 3, 2),
                of(
                        new Sequential(new Linear(5, 4, random), new Tanh()).add("last", new Linear(4, 2, random)),
                        rows,
                        3,
                        2));
    }

    private static BatchNorm evaluating(BatchNorm norm) {
        norm.buffer("running_mean").value().set(new float[] {0.5f, -0.25f, 0, 1});
        norm.buffer("running_var").value().set(new float[] {0.5f, 2, 1, 0.1f});
        norm.eval();
        return norm;
    }

    @ParameterizedTest
    @MethodSource("layers")
    void gradientsAgreeWithCentralDifferences(Case c) {
        // Zero biases and neutral scales would hide a confusion of parameters.
        var random = new Philox(5);
        for (var p : c.layer().parameters()) {
            p.value().set(Tensor.randn(Device.cpu(), random, p.shape()));
        }
        var x = Tensor.randn(Device.reference(), new Philox(6), c.input());
        ModuleGradientCheck.of(c.layer(), x).verify();
    }

    @ParameterizedTest
    @MethodSource("layers")
    void shapesAreAsDocumentedAndTheInputIsLeftAlone(Case c) {
        var x = Tensor.randn(Device.cpu(), new Philox(6), c.input());
        var before = x.toArray();
        assertEquals(c.output(), c.layer().forward(x).shape());
        assertArrayEquals(before, x.toArray());
    }

    @Test
    void theGradientCheckFindsAParameterThatIsCutOff() {
        var cut = new Layer() {
            private final Linear linear = child("linear", new Linear(2, 2, new Philox(1)));

            @Override
            public Tensor forward(Tensor x) {
                return x.add(linear.forward(x).detach());
            }
        };
        var x = Tensor.randn(Device.reference(), new Philox(2), Shape.of(2, 2));
        var e = message(
                AssertionError.class, () -> ModuleGradientCheck.of(cut, x).verify());
        assertTrue(e.contains("input 1") && e.contains("linear.weight"), e);
        assertEquals(Device.cpu(), cut.parameters().get(0).value().device());
    }

    @Test
    void theGradientCheckLeavesTheModuleAsItWas() {
        var net = new Sequential(new BatchNorm(3), new Dropout(0.5, new Philox(1)));
        var before = net.state();
        ModuleGradientCheck.of(net, Tensor.randn(Device.reference(), new Philox(2), Shape.of(4, 3)))
                .verify();
        before.tensors()
                .forEach((name, tensor) ->
                        assertSame(tensor, net.state().tensors().get(name)));
        assertEquals(before.metadata(), net.state().metadata());
        assertArrayEquals(new float[3], net.buffer("0.running_mean").value().toArray());
    }

    @Test
    void batchNormIsPyTorchs() {
        var golden = Golden.of("batchNorm");
        var norm = new BatchNorm(3);
        norm.to(Device.reference());
        set(norm, golden);
        var shape = Shape.of(golden.integers("shape"));
        for (int k = 0; k < 2; k++) {
            var y = norm.forward(Tensor.of(Device.reference(), golden.numbers("inputs", k), shape));
            assertClose(golden.numbers("outputs", k), y.toDoubleArray(), 1e-6);
        }
        assertClose(
                golden.numbers("runningMean"),
                norm.buffer("running_mean").value().toDoubleArray(),
                1e-12);
        assertClose(
                golden.numbers("runningVar"), norm.buffer("running_var").value().toDoubleArray(), 1e-12);
        norm.eval();
        var y = norm.forward(Tensor.of(Device.reference(), golden.numbers("inputs", 1), shape));
        assertClose(golden.numbers("evaluated"), y.toDoubleArray(), 1e-6);
    }

    @Test
    void groupNormIsPyTorchs() {
        var golden = Golden.of("groupNorm");
        var norm = new GroupNorm(2, 6);
        norm.to(Device.reference());
        set(norm, golden);
        var x = Golden.reference(golden.numbers("x"), golden.integers("shape"));
        assertClose(golden.numbers("y"), norm.forward(x).toDoubleArray(), 1e-6);
    }

    private static void set(Layer layer, Golden golden) {
        for (var name : new String[] {"weight", "bias"}) {
            var p = layer.parameter(name).value();
            p.set(Golden.reference(golden.numbers(name), p.size()));
        }
    }

    @Test
    void normalisationRefusesWhatHasNoStatistics() {
        var pixel = Tensor.zeros(Device.cpu(), Shape.of(1, 1, 1, 3));
        assertThrows(IllegalArgumentException.class, () -> new BatchNorm(3).forward(pixel));
        assertThrows(IllegalArgumentException.class, () -> new BatchNorm(4).forward(pixel));
        assertThrows(IllegalArgumentException.class, () -> new InstanceNorm(3).forward(pixel));
        var norm = new BatchNorm(3);
        norm.eval();
        assertEquals(pixel.shape(), norm.forward(pixel).shape());
    }

    @Test
    void dropoutKeepsTheMeanAndRepeatsFromItsPosition() {
        var drop = new Dropout(0.25, new Philox(4));
        var ones = Tensor.full(Device.cpu(), 1, Shape.of(100, 100));
        var state = drop.state();
        var first = drop.forward(ones).toArray();
        double zeros = 0;
        for (float f : first) {
            assertTrue(f == 0 || f == (float) (1 / 0.75));
            zeros += f == 0 ? 1 : 0;
        }
        // 10,000 draws of p = 0.25: the deviation of the count is 43.
        assertEquals(2500, zeros, 5 * 43);
        var second = drop.forward(ones).toArray();
        assertFalse(Arrays.equals(first, second));
        drop.restore(state);
        assertArrayEquals(first, drop.forward(ones).toArray());
        drop.eval();
        assertSame(ones, drop.forward(ones));
    }

    @Test
    void dropoutsOfOneModelDrawFromStreamsOfTheirOwn() {
        var random = new Philox(4);
        var ones = Tensor.full(Device.cpu(), 1, Shape.of(64));
        var first = new Dropout(0.5, random).forward(ones).toArray();
        var second = new Dropout(0.5, random).forward(ones).toArray();
        assertFalse(Arrays.equals(first, second));
    }

    @Test
    void embeddingPicksRowsAndSumsTheirGradients() {
        var table = new Embedding(4, 3, new Philox(8));
        var rows = table.forward(2, 0, 2);
        var values = table.parameters().get(0).value().toArray();
        var expected = new float[9];
        for (int i = 0; i < 3; i++) {
            expected[i] = values[6 + i];
            expected[3 + i] = values[i];
            expected[6 + i] = values[6 + i];
        }
        assertArrayEquals(expected, rows.toArray());
        ModuleGradientCheck.of(table, none -> table.forward(2, 0, 2)).verify();
    }

    @Test
    void wrongSizesAreRefusedInWords() {
        var random = new Philox(1);
        for (var c : Map.<String, Runnable>of(
                        "groups", () -> new Conv2d(4, 3, 3, ConvOptions.DEFAULT.groups(2), random),
                        "even kernel", () -> new Conv2d(4, 3, 2, random),
                        "GroupNorm", () -> new GroupNorm(3, 4),
                        "slope", () -> new LeakyReLU(-1),
                        "p must", () -> new Dropout(1, random),
                        "momentum", () -> new BatchNorm(3, 1e-5, 2),
                        "factor", () -> new Upsample(0, ResizeSpec.Mode.NEAREST),
                        "they must agree",
                                () -> new Residual(new Linear(2, 3, random))
                                        .forward(Tensor.zeros(Device.cpu(), Shape.of(1, 2))))
                .entrySet()) {
            var e = message(IllegalArgumentException.class, c.getValue()::run);
            assertTrue(e.contains(c.getKey()), e);
        }
    }
}
