package dev.obverse.contract;

import dev.obverse.backend.Binary;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;

/** Functions of two arguments, in every form of broadcasting. */
final class BroadcastCases {
    private static final int[][][] SHAPES = {
        {{1}, {1}},
        {{3}, {3}},
        {{16}, {16}},
        {{17}, {17}},
        {{33}, {33}},
        {{1009}, {1009}},
        {{}, {}},
        {{}, {5}},
        {{17}, {}},
        {{17}, {1}},
        {{1}, {33}},
        {{2, 3, 5}, {5}},
        {{5}, {2, 3, 5}},
        {{2, 3, 5}, {3, 1}},
        {{2, 1, 5}, {3, 1}},
        {{4, 1}, {1, 7}},
        {{2, 3, 5}, {2, 1, 1}},
        {{2, 3, 4, 16}, {16}},
        {{2, 3, 4, 17}, {17}},
        {{3, 2, 2, 33}, {3, 1, 1, 33}},
        {{2, 4, 4, 3}, {2, 4, 4, 1}},
        {{2, 1, 3, 1, 4}, {5, 1, 2, 1}},
        {{0, 3}, {3}},
        {{0}, {1}},
        {{2, 0, 3}, {2, 1, 1}},
        {{64, 257}, {257}},
        {{257, 64}, {257, 1}},
    };

    private BroadcastCases() {}

    static List<Case> all() {
        var cases = new ArrayList<Case>();
        for (var shapes : SHAPES) {
            var a = Shape.of(shapes[0]);
            var b = Shape.of(shapes[1]);
            for (var f : List.of(Binary.ADD, Binary.SUB, Binary.MUL, Binary.DIV)) {
                cases.add(pair(f, operator(f), a, b).uniform(0.5, 2));
            }
            for (var f : List.of(Binary.MAX, Binary.MIN)) {
                // Which terms are summed depends on comparisons: their sum at absolute values says nothing.
                int terms = Math.max(a.size(), b.size());
                cases.add(pair(f, operator(f), a, b).scale(Scale.LARGEST).terms(terms));
            }
        }
        var a = Shape.of(4, 37);
        var b = Shape.of(37);
        cases.add(Case.of("max with ties", x -> x.get(0).maximum(x.get(1)), a, b)
                .ties()
                .scale(Scale.LARGEST));
        cases.add(Case.of("min with ties", x -> x.get(0).minimum(x.get(1)), a, b)
                .ties()
                .scale(Scale.LARGEST));
        cases.add(Case.of("mul of both signs", x -> x.get(0).mul(x.get(1)), a, b));
        cases.add(Case.of("max keeps NaN", x -> x.get(0).maximum(x.get(1)), Shape.of(5), Shape.of(5))
                .values(1, Float.NaN, 0, Float.NaN, -1)
                .kinked());
        cases.add(Case.of("both inputs the same", x -> x.get(0).mul(x.get(0)).add(x.get(0)), Shape.of(3, 17)));
        return cases;
    }

    private static Case pair(Binary f, BinaryOperator<Tensor> operator, Shape a, Shape b) {
        return Case.of(f + " " + a + " " + b, x -> operator.apply(x.get(0), x.get(1)), a, b);
    }

    private static BinaryOperator<Tensor> operator(Binary f) {
        return switch (f) {
            case ADD -> Tensor::add;
            case SUB -> Tensor::sub;
            case MUL -> Tensor::mul;
            case DIV -> Tensor::div;
            case MAX -> Tensor::maximum;
            case MIN -> Tensor::minimum;
            case HEAVISIDE, EQUAL -> throw new IllegalArgumentException("only kernels use " + f);
        };
    }
}
