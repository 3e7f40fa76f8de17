package dev.obverse.nn.onnx.op;

import dev.obverse.tensor.Tensor;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** ReduceSum, ReduceMean, ...: axes are an attribute or, in later opsets, an input. ArgMax and ArgMin. */
final class Reductions {
    private Reductions() {}

    /** A reduction that keeps the axes as 1. */
    interface Reduction {
        Tensor of(Tensor x, int... axes);
    }

    static Operator of(Reduction f) {
        return of(x -> x, f, x -> x);
    }

    /** {@code after(f(before(x)))}. */
    static Operator of(UnaryOperator<Tensor> before, Reduction f, UnaryOperator<Tensor> after) {
        return node -> {
            var given = node.longs("axes", 1);
            boolean keep = node.flag("keepdims", true);
            boolean noneMeansNone = node.flag("noop_with_empty_axes", false);
            return Step.of(in -> {
                var x = in.get(0);
                long[] named = given == null ? new long[0] : given.apply(in);
                if (named.length == 0 && noneMeansNone) {
                    return x.map(t -> after.apply(before.apply(t)));
                }
                var axes = named.length == 0
                        ? IntStream.range(0, x.rank()).toArray()
                        : Arrays.stream(named)
                                .mapToInt(a -> x.shape().axis(Value.toInt(a)))
                                .sorted()
                                .distinct()
                                .toArray();
                if (axes.length == 0) {
                    return x.map(t -> after.apply(before.apply(t)));
                }
                var stored = Arrays.stream(axes).map(x::storedAxis).toArray();
                var y = x.map(t -> after.apply(f.of(before.apply(t), stored)));
                return keep ? y : Value.plain(x.type(), y.plain().reshape(without(y, axes)));
            });
        };
    }

    private static int[] without(Value x, int[] axes) {
        return IntStream.range(0, x.rank())
                .filter(i -> Arrays.binarySearch(axes, i) < 0)
                .map(x::dim)
                .toArray();
    }

    static Tensor min(Tensor x, int... axes) {
        return x.neg().amaxKeepDims(axes).neg();
    }

    /** {@code log(sum(exp(x)))}, with the maximum taken out so that it does not overflow. */
    static Tensor logSumExp(Tensor x, int... axes) {
        var top = x.detach().amaxKeepDims(axes);
        return x.sub(top).exp().sumKeepDims(axes).log().add(top);
    }

    static Operator arg(boolean largest) {
        return node -> {
            int axis = node.axis("axis", 0);
            boolean keep = node.flag("keepdims", true);
            if (node.flag("select_last_index", false)) {
                throw new IllegalArgumentException("select_last_index is not supported");
            }
            return Step.of(in -> {
                var x = in.get(0);
                int at = x.shape().axis(axis);
                var t = x.plain().detach();
                var indices = (largest ? t : t.neg()).argmax(at);
                var values = Arrays.stream(indices).asDoubleStream().toArray();
                var shape = x.shape().with(at, 1);
                var y = Value.integers(ElementType.INT64, values, shape.toArray());
                return keep ? y : Value.plain(ElementType.INT64, y.plain().reshape(without(y, new int[] {at})));
            });
        };
    }
}
