package dev.obverse.benchmarks.work;

import dev.obverse.backend.OptimizerKernels;
import dev.obverse.tensor.Device;

/** One Adam update of {@code n} weights. */
public record AdamWork(int n) implements Work {
    /** Learning rate; betas are 0.9 and 0.999, eps 1e-8. */
    public static final double RATE = 1e-3;

    @Override
    public String title() {
        return "adam " + n / 1_000_000 + " M weights";
    }

    @Override
    public double flops() {
        return 0;
    }

    /** Reads four arrays and writes three. */
    @Override
    public double bytes() {
        return 7 * 4.0 * n;
    }

    @Override
    public Task ours() {
        var optimizer = Device.cpu().backend().optimizer();
        var memory = Device.cpu().backend().memory();
        var initial = Inputs.normal("adam w", n);
        var w = Inputs.storage(initial);
        var gradient = Inputs.storage("adam gradient", n);
        var first = Inputs.storage(new float[n]);
        var second = Inputs.storage(new float[n]);
        return new Task() {
            private int step;

            @Override
            public void run() {
                var spec = new OptimizerKernels.Adam(RATE, 0.9, 0.999, 1e-8, 0, false, 1, ++step);
                optimizer.adam(spec, w, gradient, first, second, n);
            }

            // How far two updates from fresh state moved each weight.
            @Override
            public float[] result() {
                memory.write(initial, w);
                memory.fill(first, 0);
                memory.fill(second, 0);
                step = 0;
                run();
                run();
                return moved(initial, Inputs.values(w));
            }
        };
    }

    /** The differences, for they are what the update computes; the weights would hide them. */
    public static float[] moved(float[] from, float[] to) {
        var difference = new float[from.length];
        for (int i = 0; i < from.length; i++) {
            difference[i] = to[i] - from[i];
        }
        return difference;
    }
}
