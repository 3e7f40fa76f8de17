package dev.obverse.contract;

import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Matrix products: plain, transposed, batched, shared. */
final class MatmulCases {
    private static final int[][] MNK = {
        {1, 1, 1},
        {1, 17, 33},
        {17, 1, 5},
        {5, 3, 1},
        {3, 4, 5},
        {15, 16, 17},
        {16, 16, 16},
        {31, 33, 15},
        {14, 32, 64},
        {29, 47, 101},
        {64, 65, 63},
        {2, 130, 257},
        {130, 2, 257},
        {127, 129, 128},
        {3, 4, 0},
        {0, 4, 3},
        {3, 0, 4},
    };

    private MatmulCases() {}

    static List<Case> all() {
        var cases = new ArrayList<Case>();
        for (var s : MNK) {
            cases.add(plain(Shape.of(s[0], s[2]), Shape.of(s[2], s[1])));
            cases.add(transposed(Shape.of(s[0], s[2]), Shape.of(s[1], s[2])));
        }
        cases.add(plain(Shape.of(4, 3, 5), Shape.of(4, 5, 7)));
        cases.add(plain(Shape.of(2, 3, 17, 5), Shape.of(2, 3, 5, 16)));
        cases.add(plain(Shape.of(3, 5), Shape.of(4, 5, 7)));
        cases.add(plain(Shape.of(4, 3, 5), Shape.of(5, 7)));
        cases.add(plain(Shape.of(0, 3, 5), Shape.of(0, 5, 7)));
        cases.add(transposed(Shape.of(4, 3, 5), Shape.of(4, 7, 5)));
        cases.add(transposed(Shape.of(3, 5), Shape.of(4, 7, 5)));
        cases.add(transposed(Shape.of(2, 2, 3, 5), Shape.of(7, 5)));
        cases.add(Case.of(
                "linear without bias, the head of an encoder",
                x -> Functional.linear(x.get(0), x.get(1), null),
                Shape.of(4, 2053),
                Shape.of(64, 2053)));
        cases.add(Case.of(
                "one matrix in three products",
                x -> x.get(0)
                        .matmulTransposed(x.get(3))
                        .add(x.get(1).matmulTransposed(x.get(3)))
                        .add(x.get(2).matmul(x.get(3))),
                Shape.of(6, 19),
                Shape.of(6, 19),
                Shape.of(6, 19),
                Shape.of(19, 19)));
        cases.add(Case.of(
                "linear",
                x -> Functional.linear(x.get(0), x.get(1), x.get(2)),
                Shape.of(3, 6),
                Shape.of(5, 6),
                Shape.of(5)));
        return cases;
    }

    private static Case plain(Shape a, Shape b) {
        return Case.of("matmul " + a + " " + b, x -> x.get(0).matmul(x.get(1)), a, b);
    }

    private static Case transposed(Shape a, Shape b) {
        return Case.of("matmul transposed " + a + " " + b, x -> x.get(0).matmulTransposed(x.get(1)), a, b);
    }
}
