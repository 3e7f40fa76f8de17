package dev.obverse.contract;

import dev.obverse.tensor.Functional;
import dev.obverse.tensor.PoolOptions;
import dev.obverse.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Max and average pooling. */
final class PoolCases {
    private final List<Case> cases = new ArrayList<>();

    private PoolCases() {}

    static List<Case> all() {
        var all = new PoolCases();
        for (int channels : new int[] {1, 3, 4, 5, 15, 16, 17, 33}) {
            all.pool(Shape.of(2, 4, 6, channels), PoolOptions.window(2));
        }
        all.pool(Shape.of(1, 5, 7, 3), PoolOptions.window(2)); // the last row and column belong to no window
        all.pool(Shape.of(1, 7, 7, 5), PoolOptions.window(3).stride(2).padding(1));
        all.pool(Shape.of(1, 6, 5, 17), PoolOptions.window(3).stride(1));
        all.pool(Shape.of(2, 5, 5, 2), PoolOptions.window(3).stride(1).padding(1));
        all.pool(Shape.of(1, 6, 8, 3), new PoolOptions(2, 3, 1, 2, 1, 0));
        all.pool(Shape.of(1, 3, 3, 3), PoolOptions.window(3));
        all.pool(Shape.of(1, 5, 5, 3), PoolOptions.window(1));
        all.pool(Shape.of(1, 9, 9, 3), PoolOptions.window(2).stride(3)); // windows with gaps
        all.pool(Shape.of(0, 4, 4, 3), PoolOptions.window(2));
        all.pool(Shape.of(2, 32, 32, 24), PoolOptions.window(2));
        all.cases.add(Case.unary(
                        "max_pool2d with ties",
                        x -> Functional.maxPool2d(
                                x, PoolOptions.window(3).stride(2).padding(1)),
                        Shape.of(2, 9, 8, 17))
                .ties());
        all.cases.add(Case.unary(
                        "max_pool2d 2x2 with ties",
                        x -> Functional.maxPool2d(x, PoolOptions.window(2)),
                        Shape.of(2, 8, 8, 19))
                .ties());
        all.cases.add(Case.unary(
                        "max_pool2d keeps NaN",
                        x -> Functional.maxPool2d(x, PoolOptions.window(2)),
                        Shape.of(1, 2, 4, 1))
                .values(1, 2, 3, 4, Float.NaN, 5, 6, 7)
                .kinked());
        all.cases.add(Case.unary("global average", Functional::globalAvgPool2d, Shape.of(2, 5, 7, 17))
                .terms(35));
        return all.cases;
    }

    private void pool(Shape shape, PoolOptions window) {
        // Gradients of overlapping windows add up, at most one for every element of the window.
        int terms = window.kh() * window.kw();
        cases.add(Case.unary("max_pool2d " + shape + " " + window, x -> Functional.maxPool2d(x, window), shape)
                .scale(Scale.LARGEST)
                .terms(terms));
        cases.add(Case.unary("avg_pool2d " + shape + " " + window, x -> Functional.avgPool2d(x, window), shape)
                .terms(terms));
    }
}
