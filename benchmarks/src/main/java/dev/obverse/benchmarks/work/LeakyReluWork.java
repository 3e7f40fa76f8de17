package dev.obverse.benchmarks.work;

import dev.obverse.backend.Unary;
import dev.obverse.tensor.Device;

/** LeakyReLU with slope 0.2 over {@code [N,S,S,C]}, and, if {@code backward}, its gradient too. */
public record LeakyReluWork(boolean backward, int batch, int size, int channels) implements Work {
    private static final Unary LEAKY = new Unary(Unary.Kind.LEAKY_RELU, 0.2, 0);

    @Override
    public String title() {
        return "leaky relu " + Images.words(batch, size, channels) + (backward ? ", forward + backward" : "");
    }

    @Override
    public double flops() {
        return 0;
    }

    /** Reads x, writes y; backward reads x and dy and writes dx. */
    @Override
    public double bytes() {
        return 4.0 * Images.elements(batch, size, channels) * (backward ? 5 : 2);
    }

    @Override
    public Task ours() {
        int n = Images.elements(batch, size, channels);
        var elementwise = Device.cpu().backend().elementwise();
        var x = Inputs.storage("leaky x", n);
        var y = Inputs.storage(new float[n]);
        if (!backward) {
            return new StorageTask(y, () -> elementwise.unary(LEAKY, x, y, n));
        }
        var dy = Inputs.storage("leaky dy", n);
        var dx = Inputs.storage(new float[n]);
        return new StorageTask(dx, () -> {
            elementwise.unary(LEAKY, x, y, n);
            elementwise.unaryGradient(LEAKY, x, y, dy, dx, n);
        });
    }
}
