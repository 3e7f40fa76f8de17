package dev.obverse.benchmarks.work;

import dev.obverse.nn.layer.BatchNorm;

/** Batch normalisation with scale and shift over {@code [N,S,S,C]}, in training: forward and backward. */
public record BatchNormWork(int batch, int size, int channels) implements Work {
    @Override
    public String title() {
        return "batch norm " + Images.words(batch, size, channels) + ", forward + backward";
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
        var layer = new BatchNorm(channels);
        var x = Inputs.tensor("norm x", batch, size, size, channels).requiresGrad(true);
        var dy = Inputs.tensor("norm dy", batch, size, size, channels);
        return new TensorTask(() -> {
            x.zeroGrad();
            layer.namedParameters().values().forEach(p -> p.zeroGrad());
            layer.forward(x).backward(dy);
            return java.util.Objects.requireNonNull(x.grad());
        });
    }
}
