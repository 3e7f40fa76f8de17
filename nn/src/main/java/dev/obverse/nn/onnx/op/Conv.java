package dev.obverse.nn.onnx.op;

import dev.obverse.tensor.ConvEnd;
import dev.obverse.tensor.ConvOptions;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Convolution over one, two or three spatial axes. The weight {@code [M,C/group,k..]} becomes {@code [k..,C/group,M]}.
 *
 * <p>One axis is an image of height 1; three are a sum of convolutions over the first kernel axis.
 */
public final class Conv {
    /** Slope of a LeakyReLU that has been drawn into the convolution: 1 is none. */
    public static final String SLOPE = "obverse.slope";

    /** Upper bound of the result, of a Clip that has been drawn in. */
    public static final String HIGH = "obverse.high";

    /** Input with one slope per channel, of a PRelu that has been drawn in. */
    public static final int SLOPES = 3;

    /** Input that is added to the sum, of an Add that has been drawn in. */
    public static final int RESIDUAL = 4;

    private Conv() {}

    static Step prepare(Node node) {
        var window = Window.of(node);
        int groups = Value.toInt(node.integer("group", 1));
        double slope = node.number(SLOPE, 1);
        double high = node.number(HIGH, Double.POSITIVE_INFINITY);
        var slopes = node.has(SLOPES) ? node.operand(SLOPES, "flat", s -> s.reshape(s.size())) : null;
        var weight = node.operand(1, "HWIO", Conv::kernelFirst);
        var bias = node.has(2) ? node.operand(2, "", b -> b) : null;
        return Step.of(in -> {
            var x = in.get(0);
            var image = x.channelsLast("Conv");
            var w = weight.in(in);
            var spatial = spatial(image);
            if (w.rank() != image.rank()) {
                throw new IllegalArgumentException(
                        "its input " + x.shape() + " and its weight have " + x.rank() + " and " + w.rank() + " axes");
            }
            var filled = window.over(spatial, Arrays.copyOf(w.shape().toArray(), spatial.length));
            for (int i = 0; i < spatial.length; i++) {
                Limits.check(filled.out(i, spatial[i]));
                Limits.check((long) image.size()
                        / Math.max(1, spatial[i])
                        * (spatial[i] + filled.before()[i] + filled.after()[i]));
            }
            var b = bias == null ? null : bias.in(in);
            var end = new ConvEnd(null, slope, slopes == null ? null : slopes.in(in), high);
            if (in.has(RESIDUAL)) {
                return withResidual(x.type(), image, w, b, filled, groups, end, in.get(RESIDUAL));
            }
            return Value.channelsLast(x.type(), convolve(image, w, b, filled, groups, end));
        });
    }

    /** {@code [M,C,k..]} as {@code [k..,C,M]}. */
    static Tensor kernelFirst(Tensor w) {
        int rank = w.rank();
        if (rank < 3) {
            throw new IllegalArgumentException("its weight must be [M,C/group,k..], not " + w.shape());
        }
        return Value.permute(
                w,
                IntStream.range(0, rank)
                        .map(i -> i < rank - 2 ? i + 2 : rank - 1 - i)
                        .toArray());
    }

    static int[] spatial(Tensor image) {
        return Arrays.copyOfRange(image.shape().toArray(), 1, image.rank() - 1);
    }

    /** What is added has the result's shape, as a rule; else it is an addition like any other. */
    private static Value withResidual(
            ElementType type,
            Tensor x,
            Tensor w,
            @Nullable Tensor bias,
            Window window,
            int groups,
            ConvEnd end,
            Value residual) {
        if (x.rank() == 4 && residual.rank() == 4) {
            int[] spatial = spatial(x);
            var shape = Shape.of(x.dim(0), window.out(0, spatial[0]), window.out(1, spatial[1]), w.dim(3));
            var added = residual.channelsLast("Conv");
            if (added.shape().equals(shape)) {
                var whole = new ConvEnd(added, end.slope(), end.slopes(), end.high());
                return Value.channelsLast(type, convolve(x, w, bias, window, groups, whole));
            }
        }
        var sum = Value.channelsLast(type, convolve(x, w, bias, window, groups, ConvEnd.leaky(1)));
        var y = Value.broadcast(sum, residual, Tensor::add);
        return Value.channelsLast(type, end.after(y.channelsLast("Conv")));
    }

    private static Tensor convolve(Tensor x, Tensor w, @Nullable Tensor bias, Window window, int groups, ConvEnd end) {
        return switch (x.rank()) {
            case 3 -> {
                var options = options(window, 0, 0, groups, true);
                var row = x.reshape(x.dim(0), 1, x.dim(1), x.dim(2));
                var y = Functional.conv2d(row, w.reshape(1, w.dim(0), w.dim(1), w.dim(2)), bias, options, end);
                yield y.reshape(y.dim(0), y.dim(2), y.dim(3));
            }
            case 4 -> Functional.conv2d(x, w, bias, options(window, 0, 1, groups, false), end);
            case 5 -> end.after(overDepth(x, w, bias, window, groups));
            default ->
                throw new IllegalArgumentException(
                        "its input has " + (x.rank() - 2) + " spatial axes, and 1, 2 or 3 are supported");
        };
    }

    /** The options over the spatial axes {@code h} and {@code w}; of a flat image the first is 1 high. */
    static ConvOptions options(Window window, int h, int w, int groups, boolean flat) {
        return new ConvOptions(
                flat ? 1 : window.strides()[h],
                window.strides()[w],
                flat ? 0 : window.before()[h],
                window.before()[w],
                flat ? 0 : window.after()[h],
                window.after()[w],
                flat ? 1 : window.dilations()[h],
                window.dilations()[w],
                groups);
    }

    private static Tensor overDepth(Tensor x, Tensor w, @Nullable Tensor bias, Window window, int groups) {
        int[] before = {0, window.before()[0], 0, 0, 0};
        int[] after = {0, window.after()[0], 0, 0, 0};
        int out = window.out(0, x.dim(1));
        int stride = window.strides()[0];
        var padded = x.pad(before, after, 0);
        var options = options(window, 1, 2, groups, false);
        Tensor sum = null;
        for (int k = 0; k < w.dim(0); k++) {
            int from = k * window.dilations()[0];
            var slices = padded.slice(1, from, from + (out - 1) * stride + 1, stride);
            var flat = slices.reshape(x.dim(0) * out, x.dim(2), x.dim(3), x.dim(4));
            var plane = w.slice(0, k, k + 1).reshape(w.dim(1), w.dim(2), w.dim(3), w.dim(4));
            var y = Functional.conv2d(flat, plane, k == 0 ? bias : null, options);
            sum = sum == null ? y : sum.add(y);
        }
        if (sum == null) {
            throw new IllegalArgumentException("its kernel is empty");
        }
        return sum.reshape(x.dim(0), out, sum.dim(1), sum.dim(2), sum.dim(3));
    }
}
