package dev.obverse.benchmarks.work;

import dev.obverse.tensor.Functional;

/** Joins three maps {@code [N,S,S,C]} along their channels, as the decoder does before each block. */
public record ConcatWork(int batch, int size, int channels) implements Work {
    @Override
    public String title() {
        return "concat 3 x " + Images.words(batch, size, channels);
    }

    @Override
    public double flops() {
        return 0;
    }

    @Override
    public double bytes() {
        return 2 * 3 * 4.0 * Images.elements(batch, size, channels);
    }

    @Override
    public Task ours() {
        var a = Inputs.tensor("concat a", batch, size, size, channels);
        var b = Inputs.tensor("concat b", batch, size, size, channels);
        var c = Inputs.tensor("concat c", batch, size, size, channels);
        return new TensorTask(() -> Functional.concat(3, a, b, c));
    }
}
