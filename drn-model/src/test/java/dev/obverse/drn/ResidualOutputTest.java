package dev.obverse.drn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ResidualOutputTest {
    private static final Architecture TINY =
            DrnConfig.of(DrnConfig.Preset.TINY).architecture().withOutput(Architecture.Output.RESIDUAL);

    private final Tensor fakes = Tensor.rand(Device.cpu(), new Philox(6), Shape.of(2, 32, 32, 3));

    @Test
    void aNetworkThatAddsNothingAnswersWithThePictureItWasGiven() {
        var network = network(0);
        assertArrayEquals(fakes.toArray(), network.trace(fakes).toArray());
    }

    @Test
    void whatIsAddedNeverLeavesTheRangeOfAPicture() {
        var traced = network(100).trace(fakes).toArray();
        int cut = 0;
        for (float value : traced) {
            assertTrue(value >= 0 && value <= 1, "a value is " + value);
            cut += value == 0 || value == 1 ? 1 : 0;
        }
        assertTrue(cut > traced.length / 10, "only " + cut + " values were cut: the test needs more");
    }

    /** With the last convolution's weights multiplied. */
    private static DisentanglingReversingNetwork network(double factor) {
        var network = new DisentanglingReversingNetwork(TINY, 4);
        var weight = network.parameter("decoder.out.weight").value();
        weight.set(weight.mul(factor));
        network.eval();
        return network;
    }
}
