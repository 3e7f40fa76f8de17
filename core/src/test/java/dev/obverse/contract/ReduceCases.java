package dev.obverse.contract;

import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Sums, means and extremes. */
final class ReduceCases {
    private final List<Case> cases = new ArrayList<>();

    private ReduceCases() {}

    static List<Case> all() {
        var all = new ReduceCases();
        all.everyReduction(Shape.of());
        all.everyReduction(Shape.of(1));
        for (int n : new int[] {3, 5, 15, 16, 17, 33}) {
            all.everyReduction(Shape.of(n));
            all.everyReduction(Shape.of(n, 2), 0);
            all.everyReduction(Shape.of(2, n), 1);
            all.everyReduction(Shape.of(2, 3, n), 1);
        }
        all.everyReduction(Shape.of(2, 3, 5));
        all.everyReduction(Shape.of(2, 3, 5), 0, 2);
        all.everyReduction(Shape.of(2, 3, 5), -1, 0);
        all.everyReduction(Shape.of(3, 4, 4, 17), 1, 2);
        all.everyReduction(Shape.of(2, 3, 2, 3, 2), 0, 1, 3);
        all.everyReduction(Shape.of(1, 7, 1), 0, 2);
        all.everyReduction(Shape.of(0, 3), 1);
        all.everyReduction(Shape.of(1009, 16), 0);
        all.everyReduction(Shape.of(16, 1009), 1);
        all.everyReduction(Shape.of(300, 500));
        all.sums(Shape.of(0, 3), 0);
        all.sums(Shape.of(3, 0), 1);
        all.sums(Shape.of(0));
        all.cases.add(Case.unary("amax with ties", x -> x.amax(1), Shape.of(5, 33, 3))
                .ties()
                .scale(Scale.EACH));
        all.cases.add(Case.unary("amin with ties", x -> x.amin(0), Shape.of(33, 3))
                .ties()
                .scale(Scale.EACH));
        all.cases.add(Case.unary("amax keeps NaN", x -> x.amax(1), Shape.of(2, 3))
                .values(1, Float.NaN, 2, 3, 4, 5)
                .kinked());
        return all.cases;
    }

    private void everyReduction(Shape shape, int... axes) {
        sums(shape, axes);
        var over = shape + " over " + Arrays.toString(axes);
        int terms = shape.size();
        add("mean " + over, x -> x.mean(axes), shape, terms);
        add("mean, kept, " + over, x -> x.meanKeepDims(axes), shape, terms);
        add("amax " + over, x -> x.amax(axes), shape, 1);
        add("amax, kept, " + over, x -> x.amaxKeepDims(axes), shape, 1);
        add("amin " + over, x -> x.amin(axes), shape, 1);
    }

    private void sums(Shape shape, int... axes) {
        var over = shape + " over " + Arrays.toString(axes);
        add("sum " + over, x -> x.sum(axes), shape, 1);
        add("sum, kept, " + over, x -> x.sumKeepDims(axes), shape, 1);
    }

    private void add(String name, Function<Tensor, Tensor> f, Shape shape, int terms) {
        var made = Case.unary(name, f, shape).terms(terms);
        if (name.startsWith("am")) {
            made = made.scale(Scale.EACH);
        }
        cases.add(made);
    }
}
