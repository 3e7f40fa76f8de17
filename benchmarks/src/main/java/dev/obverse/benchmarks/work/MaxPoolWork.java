package dev.obverse.benchmarks.work;

import dev.obverse.backend.PoolSpec;
import dev.obverse.tensor.Device;

/** 2x2 max-pooling with stride 2 over {@code [N,S,S,C]}, and, if {@code backward}, its gradient too. */
public record MaxPoolWork(boolean backward, int batch, int size, int channels) implements Work {
    @Override
    public String title() {
        return "max-pool 2x2 " + Images.words(batch, size, channels) + (backward ? ", forward + backward" : "");
    }

    @Override
    public double flops() {
        return 0;
    }

    /** Reads x, writes y, a quarter as large; backward reads x, y and dy and writes dx. */
    @Override
    public double bytes() {
        return 4.0 * Images.elements(batch, size, channels) * (backward ? 3.75 : 1.25);
    }

    @Override
    public Task ours() {
        int n = Images.elements(batch, size, channels);
        var spec = new PoolSpec(batch, size, size, channels, 2, 2, 2, 2, 0, 0);
        var pool = Device.cpu().backend().pool();
        var x = Inputs.storage("pool x", n);
        var y = Inputs.storage(new float[n / 4]);
        if (!backward) {
            return new StorageTask(y, () -> pool.max(spec, x, y));
        }
        var dy = Inputs.storage("pool dy", n / 4);
        var dx = Inputs.storage(new float[n]);
        return new StorageTask(dx, () -> {
            pool.max(spec, x, y);
            pool.maxGradient(spec, x, y, dy, dx);
        });
    }
}
