package dev.obverse.nn.onnx.op;

import dev.obverse.tensor.ConvOptions;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Transposed convolution over one, two or three spatial axes. The weight {@code [C,M/group,k..]} becomes
 * {@code [k..,C,M/group]}.
 *
 * <p>The whole result is computed; padding then cuts its border off, output padding adds zeros. Only where the kernels
 * can leave out the border themselves, which is the usual case, they do.
 */
final class ConvTranspose {
    private ConvTranspose() {}

    static Step prepare(Node node) {
        var window = Window.of(node);
        int groups = Value.toInt(node.integer("group", 1));
        var more = Arrays.stream(node.ints("output_padding"))
                .mapToInt(Value::toInt)
                .toArray();
        var wanted =
                Arrays.stream(node.ints("output_shape")).mapToInt(Value::toInt).toArray();
        var weight = node.operand(1, "HWIO transposed", ConvTranspose::kernelFirst);
        var bias = node.has(2) ? node.operand(2, "", b -> b) : null;
        return Step.of(in -> {
            var x = in.get(0);
            var image = x.channelsLast("ConvTranspose");
            var w = weight.in(in);
            var spatial = Conv.spatial(image);
            if (w.rank() != image.rank() || spatial.length > 3) {
                throw new IllegalArgumentException("its input " + x.shape() + " and its weight have " + x.rank()
                        + " and " + w.rank() + " axes; 3 to 5 are supported");
            }
            var kernel = Arrays.copyOf(w.shape().toArray(), spatial.length);
            var filled = window.over(spatial, kernel);
            var out = extents(filled, spatial, more, wanted);
            var y = convolve(image, w, filled, out, groups);
            return Value.channelsLast(x.type(), bias == null ? y : y.add(bias.in(in)));
        });
    }

    private static Tensor kernelFirst(Tensor w) {
        int rank = w.rank();
        if (rank < 3) {
            throw new IllegalArgumentException("its weight must be [C,M/group,k..], not " + w.shape());
        }
        return Value.permute(
                w, IntStream.range(0, rank).map(i -> (i + 2) % rank).toArray());
    }

    /** Extents of the result; sets the padding where {@code auto_pad} or {@code output_shape} decide it. */
    private static int[] extents(Window window, int[] spatial, int[] more, int[] wanted) {
        var out = new int[spatial.length];
        for (int i = 0; i < out.length; i++) {
            int extra = i < more.length ? more[i] : 0;
            long full = (long) (spatial[i] - 1) * window.strides()[i] + window.extent(i) + extra;
            boolean same = window.autoPad().startsWith("SAME");
            if (wanted.length > 0 || same) {
                long target = wanted.length > 0
                        ? wanted[wanted.length - out.length + i]
                        : (long) spatial[i] * window.strides()[i];
                Limits.check(Math.max(full, target));
                window.split(i, (int) Math.max(0, full - target));
                out[i] = (int) target;
            } else {
                Limits.check(full);
                out[i] = (int) full - window.before()[i] - window.after()[i];
            }
            if (out[i] < 1) {
                throw new IllegalArgumentException("its result would have an extent of " + out[i]);
            }
        }
        return out;
    }

    private static Tensor convolve(Tensor x, Tensor w, Window window, int[] out, int groups) {
        long size = x.dim(0);
        for (int i = 0; i < out.length; i++) {
            size = Math.multiplyExact(
                    size, Math.max(out[i], (x.dim(i + 1) - 1) * window.strides()[i] + window.extent(i)));
            Limits.check(size);
        }
        Limits.check(Math.multiplyExact(size, (long) w.dim(-1) * groups));
        return switch (x.rank()) {
            case 3 -> {
                var y = overImages(
                        x.reshape(x.dim(0), 1, x.dim(1), x.dim(2)),
                        w.reshape(1, w.dim(0), w.dim(1), w.dim(2)),
                        window,
                        new int[] {1, out[0]},
                        groups);
                yield y.reshape(y.dim(0), y.dim(2), y.dim(3));
            }
            case 4 -> overImages(x, w, window, out, groups);
            default -> overDepth(x, w, window, out, groups);
        };
    }

    /** The last two spatial axes of the window; a flat image has only one. */
    private static Tensor overImages(Tensor x, Tensor w, Window window, int[] out, int groups) {
        int axes = window.kernel().length;
        boolean flat = axes == 1;
        var y = x;
        int[] before = {flat ? 0 : window.before()[axes - 2], window.before()[axes - 1]};
        int strideH = flat ? 1 : window.strides()[axes - 2];
        int strideW = window.strides()[axes - 1];
        var options = ConvOptions.DEFAULT
                .stride(strideH, strideW)
                .dilation(flat ? 1 : window.dilations()[axes - 2], window.dilations()[axes - 1])
                .groups(groups);
        int fullH = (x.dim(1) - 1) * strideH + (flat ? 1 : window.extent(axes - 2));
        int fullW = (x.dim(2) - 1) * strideW + window.extent(axes - 1);
        int afterH = fullH - before[0] - out[0];
        int afterW = fullW - before[1] - out[1];
        if (afterH >= 0 && afterW >= 0) {
            return Functional.convTranspose2d(x, w, null, options.padding(before[0], before[1], afterH, afterW), 0);
        }
        y = Functional.convTranspose2d(y, w, null, options, 0);
        return cut(cut(y, 1, before[0], out[0]), 2, before[1], out[1]);
    }

    /** {@code count} elements of an axis from {@code from} on, and zeros where it ends before. */
    private static Tensor cut(Tensor x, int axis, int from, int count) {
        int to = Math.min(x.dim(axis), from + count);
        if (to <= from) {
            throw new IllegalArgumentException("its padding leaves nothing of the result");
        }
        var after = new int[x.rank()];
        after[axis] = count - (to - from);
        var part = x.slice(axis, from, to);
        return after[axis] == 0 ? part : part.pad(new int[x.rank()], after, 0);
    }

    /** Each kernel plane's result is spread over the depth by the stride and added at its place. */
    private static Tensor overDepth(Tensor x, Tensor w, Window window, int[] out, int groups) {
        int n = x.dim(0);
        int depth = x.dim(1);
        int stride = window.strides()[0];
        var flat = x.reshape(n * depth, x.dim(2), x.dim(3), x.dim(4));
        Tensor sum = null;
        for (int k = 0; k < w.dim(0); k++) {
            var plane = w.slice(0, k, k + 1).reshape(w.dim(1), w.dim(2), w.dim(3), w.dim(4));
            var y = overImages(flat, plane, window, new int[] {out[1], out[2]}, groups);
            var spread = y.reshape(n, depth, 1, y.dim(1), y.dim(2) * y.dim(3))
                    .pad(new int[5], new int[] {0, 0, stride - 1, 0, 0}, 0)
                    .reshape(n, depth * stride, y.dim(1), y.dim(2), y.dim(3))
                    .slice(1, 0, (depth - 1) * stride + 1);
            int from = k * window.dilations()[0];
            int behind = window.extent(0) - 1 - from;
            var placed = spread.pad(new int[] {0, from, 0, 0, 0}, new int[] {0, behind, 0, 0, 0}, 0);
            sum = sum == null ? placed : sum.add(placed);
        }
        if (sum == null) {
            throw new IllegalArgumentException("its kernel is empty");
        }
        return cut(sum, 1, window.before()[0], out[0]);
    }
}
