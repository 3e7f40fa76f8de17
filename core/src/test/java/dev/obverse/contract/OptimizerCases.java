package dev.obverse.contract;

import static dev.obverse.contract.KernelCase.normal;
import static dev.obverse.contract.KernelCase.read;

import dev.obverse.backend.Backend;
import dev.obverse.backend.OptimizerKernels.Adam;
import dev.obverse.backend.OptimizerKernels.Sgd;
import dev.obverse.backend.OuterProductKernels;
import dev.obverse.backend.OuterProducts;
import dev.obverse.backend.Storage;
import java.util.ArrayList;
import java.util.List;

/** A few steps of each optimiser: gradients are new each step, state is carried along. */
final class OptimizerCases {
    private static final int[] LENGTHS = {0, 1, 3, 15, 16, 17, 33, 1009, 140_003};
    private static final int STEPS = 3;

    private final List<KernelCase> cases = new ArrayList<>();

    private OptimizerCases() {}

    static List<KernelCase> all() {
        var all = new OptimizerCases();
        for (int n : LENGTHS) {
            all.adam("Adam", new Adam(1e-2, 0.5, 0.999, 1e-8, 0, false, 1, 1), n);
            all.sgd("SGD", new Sgd(1e-2, 0, 0, false, 1), n);
            all.sgd("SGD with momentum", new Sgd(1e-2, 0.9, 1e-2, false, 0.5), n);
            all.others(n);
        }
        all.adam("Adam with weight decay", new Adam(1e-2, 0.9, 0.999, 1e-8, 0.1, false, 0.5, 1), 33);
        all.adam("AdamW", new Adam(1e-2, 0.9, 0.99, 1e-6, 0.1, true, 2, 1), 33);
        all.outerProducts(1, 131, 16_421);
        all.outerProducts(6, 2053, 1029);
        all.outerProducts(16, 4099, 520);
        all.sgd("SGD, Nesterov", new Sgd(1e-2, 0.9, 0, true, 1), 33);
        all.sgd("SGD, Nesterov with weight decay", new Sgd(1e-2, 0.9, 0.1, true, 2), 17);
        return all.cases;
    }

    private void adam(String name, Adam s, int n) {
        cases.add(new KernelCase(name + " [" + n + "]", 4 * STEPS, b -> {
            var w = normal(b, 1, n);
            var first = b.memory().allocate(n);
            var second = b.memory().allocate(n);
            b.memory().fill(first, 0);
            b.memory().fill(second, 0);
            for (int step = 1; step <= STEPS; step++) {
                var now = new Adam(
                        s.lr(), s.beta1(), s.beta2(), s.eps(), s.weightDecay(), s.decoupled(), s.gradientScale(), step);
                b.optimizer().adam(now, w, normal(b, 1 + step, n), first, second, n);
            }
            return List.of(read(b, w), read(b, first), read(b, second));
        }));
    }

    /**
     * A backend that does not keep outer products is checked by the matrix, as its optimiser would be given it. Adam
     * divides a gradient by its own size: with a small eps it would blow up the rounding errors of elements near zero.
     */
    private void outerProducts(int rows, int m, int n) {
        var name = " of " + rows + " outer products [" + m + "," + n + "]";
        cases.add(new KernelCase("Adam" + name, 4 * STEPS + rows, b -> {
            var w = normal(b, 1, m * n);
            var first = b.memory().allocate(m * n);
            var second = b.memory().allocate(m * n);
            b.memory().fill(first, 0);
            b.memory().fill(second, 0);
            for (int step = 1; step <= STEPS; step++) {
                var spec = new Adam(1e-2, 0.5, 0.999, 0.1, 0.1, false, 2, step);
                var g = products(b, rows, m, n, step);
                if (b.optimizer() instanceof OuterProductKernels kernels && kernels.keepsOuterProducts(rows, m, n)) {
                    kernels.adam(spec, w, g, first, second);
                } else {
                    b.optimizer().adam(spec, w, computed(b, g), first, second, m * n);
                }
            }
            return List.of(read(b, w), read(b, first), read(b, second));
        }));
        cases.add(new KernelCase("sum of squares" + name, rows, b -> {
            var g = products(b, rows, m, n, 1);
            double sum = b.optimizer() instanceof OuterProductKernels kernels && kernels.keepsOuterProducts(rows, m, n)
                    ? kernels.sumOfSquares(g)
                    : b.optimizer().sumOfSquares(computed(b, g), m * n);
            return List.of(new double[] {sum});
        }));
    }

    private static OuterProducts products(Backend b, int rows, int m, int n, int step) {
        return new OuterProducts(rows, m, n, normal(b, 2 * step, rows * m), normal(b, 2 * step + 1, rows * n));
    }

    private static Storage computed(Backend b, OuterProducts g) {
        var matrix = b.memory().allocate(g.m() * g.n());
        b.matmul().matmul(g.matmul(), g.a(), g.b(), matrix);
        return matrix;
    }

    private void sgd(String name, Sgd spec, int n) {
        cases.add(new KernelCase(name + " [" + n + "]", 4 * STEPS, b -> {
            var w = normal(b, 1, n);
            var velocity = b.memory().allocate(n);
            b.memory().fill(velocity, 0);
            for (int step = 1; step <= STEPS; step++) {
                b.optimizer().sgd(spec, w, normal(b, 1 + step, n), velocity, n);
            }
            return List.of(read(b, w), read(b, velocity));
        }));
    }

    private void others(int n) {
        cases.add(new KernelCase("moving average [" + n + "]", 1, b -> {
            var average = normal(b, 1, n);
            b.optimizer().ema(0.99, normal(b, 2, n), average, n);
            return List.of(read(b, average));
        }));
        // One rounding at the end however long the sum: it is accumulated in double.
        cases.add(new KernelCase(
                "sum of squares [" + n + "]",
                1,
                b -> List.of(new double[] {b.optimizer().sumOfSquares(normal(b, 1, n), n)})));
    }
}
