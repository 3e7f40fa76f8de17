package dev.obverse.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.obverse.random.Philox;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A convolution of several inputs beside one of their copy. */
class ConvOfPartsTest {
    private static final ConvOptions SAME = ConvOptions.DEFAULT.padding(1);

    private static Tensor leaf(int stream, int... extents) {
        return Tensor.randn(Device.cpu(), new Philox(3, stream), Shape.of(extents))
                .requiresGrad(true);
    }

    private static float[] gradient(Tensor leaf) {
        return Objects.requireNonNull(leaf.grad()).toArray();
    }

    private interface Convolution {
        Tensor of(List<Tensor> inputs, Tensor weight, Tensor bias);
    }

    /** Result and gradients; the first input is used twice, and elsewhere too. */
    private static List<float[]> values(int channels, Convolution convolution) {
        var a = leaf(1, 2, 19, 22, channels);
        var b = leaf(2, 2, 19, 22, channels);
        var weight = leaf(3, 3, 3, 3 * channels, 16);
        var bias = leaf(4, 16);
        var y = convolution.of(List.of(a, b, a), weight, bias);
        y.square().mean().add(a.square().mean()).backward();
        var values = new ArrayList<>(List.of(y.toArray()));
        for (var leaf : List.of(a, b, weight, bias)) {
            values.add(gradient(leaf));
        }
        return values;
    }

    /** Every sum has the same terms in the same order. */
    @ParameterizedTest
    @ValueSource(ints = {3, 16, 48})
    void hasTheBitsOfTheCopys(int channels) {
        var expected = values(
                channels,
                (x, w, b) ->
                        Functional.conv2dLeakyRelu(Functional.concat(3, x.toArray(Tensor[]::new)), w, b, SAME, 0.2));
        var actual = values(channels, (x, w, b) -> Functional.conv2dLeakyRelu(x, w, b, SAME, 0.2));
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), actual.get(i));
        }
    }

    /** So wide that Winograd's algorithm pays, with many tiles and with few; the image is nothing but its padding. */
    @ParameterizedTest
    @ValueSource(ints = {400, 1600})
    void anImageWithoutRows(int width) {
        for (var x : List.of(
                List.of(leaf(1, 1, 0, width, 32)), List.of(leaf(1, 1, 0, width, 16), leaf(2, 1, 0, width, 16)))) {
            var weight = leaf(3, 3, 3, 32, 16);
            var bias = leaf(4, 16);
            var y = Functional.conv2d(x, weight, bias, ConvOptions.DEFAULT.padding(2));
            assertEquals(Shape.of(1, 2, width + 2, 16), y.shape());
            assertArrayEquals(bias.expand(y.shape().toArray()).toArray(), y.toArray());
            y.sum().backward();
            assertArrayEquals(new float[weight.size()], gradient(weight));
        }
    }

    @Test
    void bringsNoGradientToAnInputThatWantsNone() {
        var a = leaf(1, 1, 17, 18, 16);
        var b = leaf(2, 1, 17, 18, 16).requiresGrad(false);
        var weight = leaf(3, 3, 3, 32, 16);
        Functional.conv2d(List.of(b, a), weight, null, SAME).square().sum().backward();
        assertNull(b.grad());
        var joined = leaf(1, 1, 17, 18, 16);
        Functional.conv2d(Functional.concat(3, b, joined), weight.detach(), null, SAME)
                .square()
                .sum()
                .backward();
        assertArrayEquals(gradient(joined), gradient(a));
    }
}
