package dev.obverse.tensor.op;

import dev.obverse.backend.MatmulSpec;
import dev.obverse.backend.OuterProducts;
import dev.obverse.backend.Storage;
import dev.obverse.tensor.Shape;
import java.util.Arrays;

/**
 * Matrix product of the last two axes; leading axes are a batch, equal in both or absent in one.
 *
 * @param transposeB read {@code b} as {@code [..., n, k]}: a linear layer's weight needs no copy
 */
public record Matmul(boolean transposeB) implements Op {
    @Override
    public String name() {
        return "matmul";
    }

    @Override
    public void forward(Call call) {
        var spec = spec(call.shape(0), call.shape(1));
        var wide = spec.broadcastA() ? call.shape(1) : call.shape(0);
        var shape = wide.with(-2, call.shape(0).dim(-2)).with(-1, spec.n());
        call.backend().matmul().matmul(spec, call.x(0), call.x(1), call.result(shape));
    }

    @Override
    public void backward(Call call) {
        var s = spec(call.shape(0), call.shape(1));
        var dy = call.gradient();
        if (call.wants(0)) {
            var spec = new MatmulSpec(s.batch(), s.m(), s.k(), s.n(), false, !transposeB, false, false);
            var da = product(call, spec, dy, call.x(1));
            call.deliver(0, s.broadcastA() ? sumOverBatch(call, spec, da) : da);
        }
        if (call.wants(1) && transposeB) {
            var spec = new MatmulSpec(s.batch(), s.n(), s.k(), s.m(), true, false, false, s.broadcastA());
            weightGradient(call, spec, dy, call.x(0));
        } else if (call.wants(1)) {
            var spec = new MatmulSpec(s.batch(), s.k(), s.n(), s.m(), true, false, s.broadcastA(), false);
            weightGradient(call, spec, call.x(0), dy);
        }
    }

    /**
     * A weight is often the largest array of all: its gradient is left as outer products where nobody needs more, and a
     * layer used twice has only one.
     */
    private static void weightGradient(Call call, MatmulSpec spec, Storage a, Storage b) {
        if (spec.batch() == 1 && call.deliver(1, new OuterProducts(spec.k(), spec.m(), spec.n(), a, b))) {
            return;
        }
        var sum = call.sumSoFar(1);
        if (sum == null) {
            call.deliver(1, product(call, spec, a, b));
        } else {
            call.backend().matmul().matmulAdd(spec, a, b, sum);
        }
    }

    private static Storage product(Call call, MatmulSpec spec, Storage a, Storage b) {
        var c = call.allocate(spec.batch() * spec.m() * spec.n());
        call.backend().matmul().matmul(spec, a, b, c);
        return c;
    }

    private static Storage sumOverBatch(Call call, MatmulSpec spec, Storage c) {
        return Sum.to(call, c, Shape.of(spec.batch(), spec.m(), spec.n()), Shape.of(spec.m(), spec.n()));
    }

    private MatmulSpec spec(Shape a, Shape b) {
        if (a.rank() < 2 || b.rank() < 2) {
            throw new IllegalArgumentException("matmul: " + a + " and " + b + " must both have at least two axes");
        }
        int m = a.dim(-2);
        int k = a.dim(-1);
        int n = b.dim(transposeB ? -2 : -1);
        if (b.dim(transposeB ? -1 : -2) != k) {
            throw new IllegalArgumentException("matmul: inner extents differ: " + a + " has " + k + " columns, " + b
                    + (transposeB ? " (transposed)" : "") + " has " + b.dim(transposeB ? -1 : -2) + " rows");
        }
        int batchA = a.product(0, a.rank() - 2);
        int batchB = b.product(0, b.rank() - 2);
        boolean sharedA = a.rank() == 2 && b.rank() > 2;
        if (b.rank() == 2) {
            // One tall product instead of many: the batch becomes rows.
            return new MatmulSpec(1, batchA * m, n, k, false, transposeB, false, false);
        }
        if (!sharedA && !leading(a).equals(leading(b))) {
            throw new IllegalArgumentException(
                    "matmul: batch axes of " + a + " and " + b + " must be equal, or one input must be a plain matrix");
        }
        return new MatmulSpec(sharedA ? batchB : batchA, m, n, k, false, transposeB, sharedA, false);
    }

    private static Shape leading(Shape shape) {
        return Shape.of(Arrays.copyOf(shape.toArray(), shape.rank() - 2));
    }
}
