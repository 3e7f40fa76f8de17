package dev.obverse.benchmarks.work;

import dev.obverse.nn.layer.BatchNorm;
import java.util.Objects;

/**
 * Batch normalisation with scale and shift over {@code [N,S,S,C]}, in training, forward and backward; if {@code leaky},
 * with the LeakyReLU behind it.
 */
public record BatchNormWork(boolean leaky, int batch, int size, int channels) implements Work {
    /** Of the LeakyReLU. */
    public static final double SLOPE = 0.2;

    @Override
    public String title() {
        return "batch norm" + (leaky ? " + leaky relu " : " ") + Images.words(batch, size, channels)
                + ", forward + backward";
    }

    @Override
    public double flops() {
        return 0;
    }

    /** Forward reads x twice and writes y; backward reads x and dy twice and writes dx. */
    @Override
    public double bytes() {
        return 4.0 * Images.elements(batch, size, channels) * 8;
    }

    @Override
    public Task ours() {
        var layer = BatchNorm.withLeakyRelu(channels, leaky ? SLOPE : 1);
        var x = Inputs.tensor("norm x", batch, size, size, channels).requiresGrad(true);
        var dy = Inputs.tensor("norm dy", batch, size, size, channels);
        return new TensorTask(() -> {
            x.zeroGrad();
            layer.namedParameters().values().forEach(p -> p.zeroGrad());
            layer.forward(x).backward(dy);
            return Objects.requireNonNull(x.grad());
        });
    }
}
