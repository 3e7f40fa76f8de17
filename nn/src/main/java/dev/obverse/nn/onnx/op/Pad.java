package dev.obverse.nn.onnx.op;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Widens axes by a constant, or by the elements that are there: mirrored (reflect), the outermost (edge), or from the
 * other side (wrap). Negative numbers cut off.
 */
final class Pad {
    private Pad() {}

    static Step prepare(Node node) {
        var mode = node.text("mode", "constant");
        boolean attributes = node.opset() < 11;
        var pads = node.hasAttribute("paddings") ? node.longs("paddings", 1) : node.longs("pads", 1);
        if (pads == null) {
            throw new IllegalArgumentException("its pads are missing");
        }
        double constant = node.number("value", 0);
        return Step.of(in -> {
            var x = in.get(0);
            var given = pads.apply(in);
            var axes = in.has(3)
                    ? in.get(3).longs()
                    : IntStream.range(0, x.rank()).asLongStream().toArray();
            if (given.length != 2 * axes.length) {
                throw new IllegalArgumentException(
                        given.length + " pads are given for " + axes.length + " axes of " + x.shape());
            }
            double value = !attributes && in.has(2) ? in.get(2).item() : constant;
            for (int i = 0; i < axes.length; i++) {
                int axis = x.shape().axis(Value.toInt(axes[i]));
                x = along(x, axis, given[i], given[axes.length + i], mode, value);
            }
            return x;
        });
    }

    private static Value along(Value x, int axis, long before, long after, String mode, double value) {
        if (before == 0 && after == 0) {
            return x;
        }
        int extent = x.dim(axis);
        var result = x.shape().toArray();
        long length = Math.addExact(extent, Math.addExact(before, after));
        Limits.check(Math.max(0, length));
        result[axis] = Value.toInt(length);
        Limits.extents(Arrays.stream(result).asLongStream().toArray());
        int at = x.storedAxis(axis);
        if (mode.equals("constant")) {
            int from = Math.clamp(-before, 0, extent);
            int to = Math.clamp(extent + Math.min(0, after), from, extent);
            var t = from == 0 && to == extent ? x.stored() : x.stored().slice(at, from, to);
            var left = new int[t.rank()];
            var right = new int[t.rank()];
            left[at] = Value.toInt(Math.max(0, before));
            right[at] = Value.toInt(Math.max(0, after));
            return x.with(left[at] == 0 && right[at] == 0 ? t : t.pad(left, right, value));
        }
        var indices = IntStream.range(0, result[axis])
                .map(i -> index(i - before, extent, mode))
                .toArray();
        return x.map(t -> t.indexSelect(at, indices));
    }

    private static int index(long i, int extent, String mode) {
        if (extent == 0) {
            throw new IllegalArgumentException("an empty axis has no elements to pad with");
        }
        return switch (mode) {
            case "edge" -> Math.clamp(i, 0, extent - 1);
            case "wrap" -> (int) Math.floorMod(i, (long) extent);
            case "reflect" -> {
                long period = Math.max(1, 2L * (extent - 1));
                long within = Math.floorMod(i, period);
                yield (int) (within < extent ? within : period - within);
            }
            default ->
                throw new IllegalArgumentException("its mode '" + mode + "' is not constant, reflect, edge or wrap");
        };
    }
}
