package dev.obverse.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.obverse.random.Philox;
import dev.obverse.tensor.ConvOptions;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Graphs that share tensors and weights at random, against the float64 reference: backward writes gradients over one
 * another, and must not do so where somebody reads them yet.
 */
class RandomGraphsTest {
    private static final int GRAPHS = 100;
    private static final int NODES = 14;
    private static final ConvOptions SAME = ConvOptions.DEFAULT.padding(1);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void haveTheReferencesGradients(boolean twice) {
        for (int seed = 0; seed < GRAPHS; seed++) {
            var expected = gradients(Device.reference(), seed, twice);
            var actual = gradients(Device.cpu(), seed, twice);
            assertEquals(expected.size(), actual.size());
            for (int i = 0; i < expected.size(); i++) {
                double largest =
                        Arrays.stream(expected.get(i)).map(Math::abs).max().orElse(0);
                assertArrayEquals(expected.get(i), actual.get(i), 1e-4 * largest + 1e-7, "graph " + seed);
            }
        }
    }

    private static Tensor leaf(Device device, int stream, int... extents) {
        var shape = Shape.of(extents);
        var values = new float[shape.size()];
        new Philox(5, stream).fillNormal(values, 0, 0.5f);
        return Tensor.of(device, values, shape).requiresGrad(true);
    }

    /** The gradients of all leaves and of some results; on the way, what hooks were shown must stay as it was. */
    private static List<double[]> gradients(Device device, int seed, boolean twice) {
        var random = new Random(seed);
        var matrix = leaf(device, 1, 4, 4);
        var kernel = leaf(device, 2, 3, 3, 4, 4);
        var wide = leaf(device, 6, 3, 3, 8, 4);
        var bias = leaf(device, 3, 4);
        var x = leaf(device, 4, 2, 4, 4, 4);
        var asked = new ArrayList<>(List.of(matrix, kernel, wide, bias, x));
        var shown = new ArrayList<Tensor>();
        var copies = new ArrayList<float[]>();
        try (var _ = TensorScope.open()) {
            var nodes = new ArrayList<>(List.of(x));
            while (nodes.size() <= NODES) {
                var any = nodes.get(random.nextInt(nodes.size()));
                var a = random.nextInt(4) == 0 ? any : nodes.getLast();
                var node = node(random, a, nodes.get(random.nextInt(nodes.size())), matrix, kernel, wide, bias);
                if (random.nextInt(5) == 0) {
                    node.registerHook(g -> {
                        shown.add(g);
                        copies.add(g.toArray());
                        return g;
                    });
                }
                if (random.nextInt(9) == 0) {
                    node.registerHook(g -> g.mul(0.5));
                }
                if (random.nextInt(5) == 0) {
                    asked.add(node.retainGrad());
                }
                nodes.add(node);
            }
            var loss = nodes.getLast().mul(0.3).sum();
            for (int i = 1; i < nodes.size(); i += 3) {
                loss = loss.add(nodes.get(i).tanh().sum());
            }
            if (twice) {
                loss.backwardRetainingGraph();
            }
            loss.backward();
            for (int i = 0; i < shown.size(); i++) {
                assertArrayEquals(copies.get(i), shown.get(i).toArray(), "what a hook was shown, graph " + seed);
            }
            return asked.stream().map(RandomGraphsTest::gradient).toList();
        }
    }

    private static double[] gradient(Tensor tensor) {
        var gradient = tensor.grad();
        return gradient == null ? new double[0] : gradient.toDoubleArray();
    }

    private static Tensor node(
            Random random, Tensor a, Tensor b, Tensor matrix, Tensor kernel, Tensor wide, Tensor bias) {
        return switch (random.nextInt(11)) {
            case 0 -> a.relu();
            case 1 -> a.leakyRelu(0.2);
            case 2 -> a.tanh();
            case 3 -> Functional.conv2dLeakyRelu(a, kernel, bias, SAME, random.nextBoolean() ? 0.2 : 1);
            case 4 -> a.matmul(matrix);
            case 5 -> a.reshape(32, 4).matmul(matrix).reshape(2, 4, 4, 4);
            case 6 -> a.add(b);
            case 7 -> a.reshape(2, 4, 16, 1).reshape(2, 4, 4, 4).add(a);
            case 8 -> a.sub(b.sigmoid());
            case 9 -> Functional.conv2dLeakyRelu(List.of(a, b), wide, bias, SAME, random.nextBoolean() ? 0.2 : 1);
            default -> a.mul(b).tanh();
        };
    }
}
