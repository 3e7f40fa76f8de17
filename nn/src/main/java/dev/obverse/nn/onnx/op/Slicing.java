package dev.obverse.nn.onnx.op;

import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Slice, Split, Concat, Gather, GatherElements: parts of tensors, and tensors of parts. */
final class Slicing {
    private Slicing() {}

    /** Bounds are attributes before opset 10, then inputs; NumPy's rules for negative ones and for steps. */
    static Step slice(Node node) {
        boolean attributes = node.opset() < 10;
        return Step.of(in -> {
            var x = in.get(0);
            var starts = attributes ? node.ints("starts") : in.get(1).longs();
            var ends = attributes ? node.ints("ends") : in.get(2).longs();
            var axes = attributes ? node.ints("axes") : in.has(3) ? in.get(3).longs() : new long[0];
            var steps = !attributes && in.has(4) ? in.get(4).longs() : new long[0];
            if (ends.length != starts.length
                    || (axes.length != 0 && axes.length != starts.length)
                    || (steps.length != 0 && steps.length != starts.length)) {
                throw new IllegalArgumentException("its starts, ends, axes and steps differ in number");
            }
            for (int i = 0; i < starts.length; i++) {
                int axis = x.shape().axis(axes.length == 0 ? i : Value.toInt(axes[i]));
                x = slice(x, axis, starts[i], ends[i], steps.length == 0 ? 1 : steps[i]);
            }
            return x;
        });
    }

    private static Value slice(Value x, int axis, long start, long end, long step) {
        if (step == 0) {
            throw new IllegalArgumentException("its step is 0");
        }
        int extent = x.dim(axis);
        int at = x.storedAxis(axis);
        if (step > 0) {
            int from = position(start, extent, 0, extent);
            int to = Math.max(from, position(end, extent, 0, extent));
            boolean all = from == 0 && to == extent && step == 1;
            return all ? x : x.map(t -> t.slice(at, from, to, Value.toInt(step)));
        }
        // Backwards is forwards through the reversed axis.
        int from = extent - 1 - position(start, extent, -1, extent - 1);
        int to = Math.max(from, extent - 1 - position(end, extent, -1, extent - 1));
        return x.map(t -> t.flip(at).slice(at, from, to, Value.toInt(Math.max(-Integer.MAX_VALUE, step)) * -1));
    }

    private static int position(long given, int extent, int least, int most) {
        long counted = given < 0 && given > Long.MIN_VALUE / 2 ? given + extent : given;
        return Math.clamp(counted, Math.min(least, most), most);
    }

    static Step split(Node node) {
        int axis = node.axis("axis", 0);
        var lengths = node.longs("split", 1);
        int count = node.outputCount();
        return in -> {
            var x = in.get(0);
            int extent = x.dim(axis);
            // Equal parts; the last is smaller if it must be.
            int each = Math.ceilDiv(extent, Math.max(1, count));
            long[] given = lengths == null
                    ? IntStream.range(0, count)
                            .mapToLong(i -> Math.max(0, Math.min(each, extent - (long) i * each)))
                            .toArray()
                    : lengths.apply(in);
            if (given.length < count
                    || Arrays.stream(given).anyMatch(l -> l < 0 || l > extent)
                    || Arrays.stream(given).sum() != extent) {
                throw new IllegalArgumentException("parts of " + Arrays.toString(given) + " do not make up axis " + axis
                        + " of " + x.shape() + " for " + count + " outputs");
            }
            var parts = new Value[count];
            int from = 0;
            for (int i = 0; i < count; i++) {
                parts[i] = slice(x, x.shape().axis(axis), from, from + given[i], 1);
                from += (int) given[i];
            }
            return parts;
        };
    }

    static Step concat(Node node) {
        int axis = node.axis("axis", 1);
        return Step.of(in -> {
            boolean last = false;
            for (int i = 0; i < in.count(); i++) {
                last |= in.get(i).channelsLast();
            }
            boolean channelsLast = last;
            var parts = IntStream.range(0, in.count())
                    .mapToObj(in::get)
                    .map(v -> channelsLast ? v.channelsLast("Concat") : v.plain())
                    .toArray(Tensor[]::new);
            var first = new Value(in.get(0).type(), in.get(0).shape(), parts[0], channelsLast);
            return first.with(parts.length == 1 ? parts[0] : Functional.concat(first.storedAxis(axis), parts));
        });
    }

    /** Whole slices by index; an axis becomes the axes of the indices. */
    static Step gather(Node node) {
        int axis = node.axis("axis", 0);
        return Step.of(in -> {
            var x = in.get(0);
            int at = x.shape().axis(axis);
            var indices = indices(in.get(1), x.dim(at));
            var shape = x.shape().toArray();
            var inner = in.get(1).shape().toArray();
            var result = new int[shape.length - 1 + inner.length];
            System.arraycopy(shape, 0, result, 0, at);
            System.arraycopy(inner, 0, result, at, inner.length);
            System.arraycopy(shape, at + 1, result, at + inner.length, shape.length - at - 1);
            Limits.extents(Arrays.stream(result).asLongStream().toArray());
            return Value.plain(x.type(), x.plain().indexSelect(at, indices).reshape(result));
        });
    }

    /** Single elements by index, as many as there are indices. */
    static Step gatherElements(Node node) {
        int axis = node.axis("axis", 0);
        return Step.of(in -> {
            var x = in.get(0);
            var index = in.get(1);
            int at = x.shape().axis(axis);
            var t = x.plain();
            if (index.rank() != x.rank()) {
                throw new IllegalArgumentException("indices of shape " + index.shape() + " do not fit to " + x.shape());
            }
            for (int i = 0; i < x.rank(); i++) {
                if (i != at && index.dim(i) < t.dim(i)) {
                    t = t.slice(i, 0, index.dim(i));
                }
            }
            return Value.plain(x.type(), t.gather(at, index.dim(at), indices(index, x.dim(at))));
        });
    }

    private static int[] indices(Value value, int extent) {
        return Arrays.stream(value.longs())
                .map(i -> i < 0 ? i + extent : i)
                .mapToInt(Value::toInt)
                .toArray();
    }
}
