package dev.obverse.nn.onnx.op;

import dev.obverse.tensor.Functional;
import dev.obverse.tensor.PoolOptions;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.util.Arrays;
import java.util.function.BinaryOperator;
import java.util.stream.IntStream;

/**
 * MaxPool, AveragePool and their global forms. Two spatial axes without dilation go to the kernels of ours; otherwise
 * windows are taken along one axis after the other, which gives the same, since a maximum of maxima is one and a sum of
 * sums too.
 */
final class Pooling {
    private Pooling() {}

    static Step max(Node node) {
        if (node.outputCount() > 1) {
            throw new IllegalArgumentException("its second output, the indices of the maxima, is not supported");
        }
        var window = Window.of(node);
        return Step.of(in -> {
            var x = in.get(0);
            var image = x.channelsLast("MaxPool");
            return Value.channelsLast(x.type(), max(image, window.over(Conv.spatial(image), window.kernel())));
        });
    }

    private static Tensor max(Tensor x, Window w) {
        if (x.rank() == 4 && w.dilations()[0] == 1 && w.dilations()[1] == 1) {
            boolean direct = isSymmetric(x, w);
            var padded = direct ? x : pad(x, bounds(x, w), Double.NEGATIVE_INFINITY);
            return Functional.maxPool2d(padded, options(w, direct));
        }
        var y = pad(x, bounds(x, w), Double.NEGATIVE_INFINITY);
        for (int i = 0; i < w.kernel().length; i++) {
            y = along(y, w, i, w.out(i, x.dim(i + 1)), Tensor::maximum);
        }
        return y;
    }

    /** Means over what lies in the image, or in the image and its padding with {@code count_include_pad}. */
    static Step average(Node node) {
        var window = Window.of(node);
        boolean countPadding = node.flag("count_include_pad", false);
        return Step.of(in -> {
            var x = in.get(0);
            var image = x.channelsLast("AveragePool");
            var w = window.over(Conv.spatial(image), window.kernel());
            return Value.channelsLast(x.type(), average(image, w, countPadding));
        });
    }

    private static Tensor average(Tensor x, Window w, boolean countPadding) {
        var bounds = bounds(x, w);
        double whole = 1;
        for (int k : w.kernel()) {
            whole *= k;
        }
        Tensor y;
        if (x.rank() == 4 && w.dilations()[0] == 1 && w.dilations()[1] == 1) {
            boolean direct = isSymmetric(x, w);
            y = Functional.avgPool2d(direct ? x : pad(x, bounds, 0), options(w, direct));
        } else {
            y = pad(x, bounds, 0);
            for (int i = 0; i < w.kernel().length; i++) {
                y = along(y, w, i, w.out(i, x.dim(i + 1)), Tensor::add);
            }
            y = y.div(whole);
        }
        for (int i = 0; i < w.kernel().length; i++) {
            var factor = factors(w, i, x.dim(i + 1), y.dim(i + 1), countPadding);
            if (Arrays.stream(factor).anyMatch(f -> f != 1)) {
                var shape = new int[x.rank()];
                Arrays.fill(shape, 1);
                shape[i + 1] = factor.length;
                y = y.mul(Tensor.of(x.device(), factor, Shape.of(shape)));
            }
        }
        return y;
    }

    /** How many elements a window has along an axis, over how many of them count. */
    private static double[] factors(Window w, int axis, int in, int out, boolean countPadding) {
        int first = countPadding ? -w.before()[axis] : 0;
        int end = countPadding ? in + w.after()[axis] : in;
        var factors = new double[out];
        for (int o = 0; o < out; o++) {
            int count = 0;
            for (int k = 0; k < w.kernel()[axis]; k++) {
                int at = o * w.strides()[axis] - w.before()[axis] + k * w.dilations()[axis];
                count += at >= first && at < end ? 1 : 0;
            }
            factors[o] = (double) w.kernel()[axis] / Math.max(1, count);
        }
        return factors;
    }

    /** Whether the kernels of ours, which pad both sides alike, take exactly these windows of an image. */
    private static boolean isSymmetric(Tensor x, Window w) {
        boolean symmetric = true;
        for (int i = 0; i < 2; i++) {
            int pad = w.before()[i];
            int out = (x.dim(i + 1) + 2 * pad - w.kernel()[i]) / w.strides()[i] + 1;
            symmetric &= pad == w.after()[i] && 2 * pad <= w.kernel()[i] && out == w.out(i, x.dim(i + 1));
        }
        return symmetric;
    }

    private record Bounds(int[] before, int[] after) {}

    /** The padding with which the windows end exactly where the image does. */
    private static Bounds bounds(Tensor x, Window w) {
        var after = new int[w.kernel().length];
        for (int i = 0; i < after.length; i++) {
            int in = x.dim(i + 1);
            int needed = (w.out(i, in) - 1) * w.strides()[i] + w.extent(i) - in - w.before()[i];
            after[i] = Math.max(0, needed);
            Limits.check((long) x.size() / Math.max(1, in) * ((long) in + w.before()[i] + after[i]));
        }
        return new Bounds(w.before(), after);
    }

    private static Tensor pad(Tensor x, Bounds bounds, double value) {
        var before = new int[x.rank()];
        var after = new int[x.rank()];
        System.arraycopy(bounds.before, 0, before, 1, bounds.before.length);
        System.arraycopy(bounds.after, 0, after, 1, bounds.after.length);
        boolean nothing =
                IntStream.concat(Arrays.stream(before), Arrays.stream(after)).allMatch(p -> p == 0);
        return nothing ? x : x.pad(before, after, value);
    }

    private static PoolOptions options(Window w, boolean padded) {
        return new PoolOptions(
                w.kernel()[0],
                w.kernel()[1],
                w.strides()[0],
                w.strides()[1],
                padded ? w.before()[0] : 0,
                padded ? w.before()[1] : 0);
    }

    /** Combines the elements of each window along spatial axis {@code i}. */
    private static Tensor along(Tensor x, Window w, int i, int out, BinaryOperator<Tensor> combine) {
        int stride = w.strides()[i];
        Tensor y = x.slice(i + 1, 0, (out - 1) * stride + 1, stride);
        for (int k = 1; k < w.kernel()[i]; k++) {
            int from = k * w.dilations()[i];
            y = combine.apply(y, x.slice(i + 1, from, from + (out - 1) * stride + 1, stride));
        }
        return y;
    }

    /** A function of all spatial axes, which it keeps as 1. */
    interface Whole {
        Tensor of(Tensor x, int... axes);
    }

    static Operator global(Whole f) {
        return node -> Step.of(in -> {
            var x = in.get(0);
            var image = x.channelsLast(node.type());
            return Value.channelsLast(
                    x.type(), f.of(image, IntStream.range(1, image.rank() - 1).toArray()));
        });
    }
}
