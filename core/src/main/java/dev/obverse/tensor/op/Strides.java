package dev.obverse.tensor.op;

import dev.obverse.backend.Broadcast;
import dev.obverse.backend.CopySpec;
import dev.obverse.backend.ReduceSpec;
import dev.obverse.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Index arithmetic that ops share: broadcasting, reduction axes, strided copies. */
public final class Strides {
    private Strides() {}

    /** A copy of {@code length} consecutive elements. */
    public static CopySpec dense(int length) {
        return new CopySpec(new int[] {length}, 0, new int[] {1}, 0, new int[] {1});
    }

    /** The copy that goes back the way {@code copy} came. */
    public static CopySpec reversed(CopySpec copy) {
        return new CopySpec(
                copy.extents(), copy.targetOffset(), copy.targetStrides(), copy.sourceOffset(), copy.sourceStrides());
    }

    /** NumPy's broadcasting rule: align at the last axis; extents must be equal, or one of them 1. */
    public static Shape broadcast(String op, Shape a, Shape b) {
        int rank = Math.max(a.rank(), b.rank());
        var extents = new int[rank];
        for (int i = 1; i <= rank; i++) {
            int da = i <= a.rank() ? a.dim(-i) : 1;
            int db = i <= b.rank() ? b.dim(-i) : 1;
            if (da != db && da != 1 && db != 1) {
                throw new IllegalArgumentException(op + ": shapes " + a + " and " + b
                        + " do not broadcast: counted from the last axis, extents must be equal or 1");
            }
            extents[rank - i] = da == 1 ? db : da;
        }
        return Shape.of(extents);
    }

    /** How to read {@code a} and {@code b} for a result of shape {@code result}, with axes merged where possible. */
    public static Broadcast reading(Shape a, Shape b, Shape result) {
        int rank = result.rank();
        var sa = stretched(a, result);
        var sb = stretched(b, result);
        var extents = new int[rank + 1];
        var strideA = new int[rank + 1];
        var strideB = new int[rank + 1];
        int n = 0;
        for (int i = 0; i < rank; i++) {
            int extent = result.dim(i);
            if (extent == 1) {
                continue;
            }
            if (n > 0 && strideA[n - 1] == sa[i] * extent && strideB[n - 1] == sb[i] * extent) {
                n--;
                extent *= extents[n];
            }
            extents[n] = extent;
            strideA[n] = sa[i];
            strideB[n] = sb[i];
            n++;
        }
        if (n == 0) {
            extents[0] = 1;
            n = 1;
        }
        return new Broadcast(Arrays.copyOf(extents, n), Arrays.copyOf(strideA, n), Arrays.copyOf(strideB, n));
    }

    /** Strides of {@code shape} seen as {@code wide}: zero along the axes that are repeated. */
    public static int[] stretched(Shape shape, Shape wide) {
        var strides = shape.strides();
        var result = new int[wide.rank()];
        int shift = wide.rank() - shape.rank();
        for (int i = shift; i < wide.rank(); i++) {
            result[i] = shape.dim(i - shift) == 1 ? 0 : strides[i - shift];
        }
        return result;
    }

    /** Axes, negative ones resolved, sorted; all axes if none are given. Fails on a repeated axis. */
    public static int[] axes(String op, Shape shape, int... axes) {
        if (axes.length == 0) {
            return IntStream.range(0, shape.rank()).toArray();
        }
        var sorted = Arrays.stream(axes).map(shape::axis).sorted().toArray();
        for (int i = 1; i < sorted.length; i++) {
            if (sorted[i] == sorted[i - 1]) {
                throw new IllegalArgumentException(op + ": axis " + sorted[i] + " is named twice in "
                        + Arrays.toString(axes) + " for shape " + shape);
            }
        }
        return sorted;
    }

    /** The shape after reducing sorted {@code axes}, each kept as 1 or dropped. */
    public static Shape reduced(Shape shape, int[] axes, boolean keepDims) {
        var kept = new ArrayList<Integer>();
        for (int i = 0; i < shape.rank(); i++) {
            boolean gone = Arrays.binarySearch(axes, i) >= 0;
            if (!gone || keepDims) {
                kept.add(gone ? 1 : shape.dim(i));
            }
        }
        return Shape.of(kept.stream().mapToInt(Integer::intValue).toArray());
    }

    /** Reductions to run one after the other, innermost axes first; neighbouring axes are reduced together. */
    public static List<ReduceSpec> reductions(Shape shape, int[] axes) {
        var specs = new ArrayList<ReduceSpec>();
        var left = shape.toArray();
        for (int last = axes.length - 1; last >= 0; last--) {
            int first = last;
            while (first > 0 && axes[first - 1] == axes[first] - 1) {
                first--;
            }
            var now = Shape.of(left);
            specs.add(new ReduceSpec(
                    now.product(0, axes[first]),
                    now.product(axes[first], axes[last] + 1),
                    now.product(axes[last] + 1, now.rank())));
            Arrays.fill(left, axes[first], axes[last] + 1, 1);
            last = first;
        }
        return specs;
    }
}
