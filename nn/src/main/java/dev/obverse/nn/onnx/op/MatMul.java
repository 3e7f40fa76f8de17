package dev.obverse.nn.onnx.op;

import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.op.Strides;
import java.util.Arrays;

/** MatMul with NumPy's rules, Gemm, and their form for quantised integers. */
final class MatMul {
    private MatMul() {}

    static Step prepare(Node node) {
        return Step.of(in -> {
            var a = in.get(0);
            return Value.plain(a.type(), product(a.plain(), in.get(1).plain()));
        });
    }

    /** A vector on the left is a row, on the right a column; its axis then falls away. */
    private static Tensor product(Tensor a, Tensor b) {
        if (a.rank() == 0 || b.rank() == 0) {
            throw new IllegalArgumentException("a number by itself has no matrix product");
        }
        boolean row = a.rank() == 1;
        boolean column = b.rank() == 1;
        var left = row ? a.reshape(1, a.dim(0)) : a;
        var right = column ? b.reshape(b.dim(0), 1) : b;
        if (right.rank() > 2 && left.rank() > 2) {
            var batch = Strides.broadcast("MatMul", leading(left), leading(right));
            left = widened(left, batch);
            right = widened(right, batch);
        }
        Limits.check((long) left.size() / Math.max(1, left.dim(-1)) * right.dim(-1));
        var y = left.matmul(right);
        if (!row && !column) {
            return y;
        }
        var extents = y.shape().toArray();
        int kept = extents.length - 2;
        var result = Arrays.copyOf(extents, kept + (row ? 0 : 1) + (column ? 0 : 1));
        if (!row || !column) {
            result[kept] = row ? extents[kept + 1] : extents[kept];
        }
        return y.reshape(result);
    }

    private static Shape leading(Tensor x) {
        return Shape.of(Arrays.copyOf(x.shape().toArray(), x.rank() - 2));
    }

    private static Tensor widened(Tensor x, Shape batch) {
        var extents = Arrays.copyOf(batch.toArray(), batch.rank() + 2);
        extents[batch.rank()] = x.dim(-2);
        extents[batch.rank() + 1] = x.dim(-1);
        return HostFunction.expand(
                x, Shape.of(Limits.extents(Arrays.stream(extents).asLongStream().toArray())));
    }

    /** {@code alpha A' B' + beta C}; the weight becomes {@code [N,K]}, which is how ours are kept. */
    static Step gemm(Node node) {
        double alpha = node.number("alpha", 1);
        double beta = node.number("beta", 1);
        boolean transposeA = node.flag("transA", false);
        boolean transposeB = node.flag("transB", false);
        var weight = node.operand(1, transposeB ? "" : "transposed", b -> transposeB ? b : b.transpose());
        return Step.of(in -> {
            var a = in.get(0).plain();
            if (a.rank() != 2) {
                // Before opset 7 images were flattened silently.
                a = a.reshape(a.dim(0), a.size() / Math.max(1, a.dim(0)));
            }
            var y = (transposeA ? a.transpose() : a).matmulTransposed(weight.in(in));
            y = alpha == 1 ? y : y.mul(alpha);
            if (in.has(2)) {
                var c = in.get(2).plain();
                y = y.add(beta == 1 ? c : c.mul(beta));
            }
            return Value.plain(in.get(0).type(), y);
        });
    }

    /** {@code (A - a0) (B - b0)} in whole numbers. */
    static Step integer(Node node) {
        return Step.of(in -> {
            var a = in.get(0).plain();
            var b = in.get(1).plain();
            if (in.has(2)) {
                var zero = in.get(2).plain();
                a = a.sub(zero.rank() == 1 && zero.dim(0) > 1 ? zero.reshape(zero.dim(0), 1) : zero.reshape());
            }
            if (in.has(3)) {
                var zero = in.get(3).plain();
                b = b.sub(zero.rank() == 1 && zero.dim(0) > 1 ? zero : zero.reshape());
            }
            return Value.plain(ElementType.INT32, product(a, b));
        });
    }
}
