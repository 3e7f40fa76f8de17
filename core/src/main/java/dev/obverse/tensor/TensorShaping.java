package dev.obverse.tensor;

import dev.obverse.tensor.op.Expand;
import dev.obverse.tensor.op.Flip;
import dev.obverse.tensor.op.Gather;
import dev.obverse.tensor.op.IndexSelect;
import dev.obverse.tensor.op.Pad;
import dev.obverse.tensor.op.Permute;
import dev.obverse.tensor.op.Reshape;
import dev.obverse.tensor.op.Slice;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Moving elements about. Reshape shares memory, everything else copies. */
public sealed interface TensorShaping permits Tensor {
    /** The same elements in another shape; one extent may be -1 and is computed from the rest. */
    default Tensor reshape(int... extents) {
        var self = (Tensor) this;
        var filled = extents.clone();
        int open = -1;
        int known = 1;
        for (int i = 0; i < filled.length; i++) {
            if (filled[i] == -1 && open < 0) {
                open = i;
            } else {
                known *= filled[i];
            }
        }
        if (open >= 0) {
            if (known <= 0 || self.size() % known != 0) {
                throw new IllegalArgumentException(
                        "reshape: shape " + self.shape() + " does not divide into " + Arrays.toString(extents));
            }
            filled[open] = self.size() / known;
        }
        return Tensor.apply(new Reshape(Shape.of(filled)), self);
    }

    /** Merges all axes from {@code axis} on into one: {@code flatten(1)} keeps the batch. */
    default Tensor flatten(int axis) {
        var self = (Tensor) this;
        var kept = Arrays.copyOf(self.shape().toArray(), self.shape().axis(axis) + 1);
        kept[kept.length - 1] = self.shape().product(kept.length - 1, self.rank());
        return reshape(kept);
    }

    /** Axis {@code i} of the result is axis {@code axes[i]} of this tensor. */
    default Tensor permute(int... axes) {
        return Tensor.apply(new Permute(axes), (Tensor) this);
    }

    /** Swaps the last two axes. */
    default Tensor transpose() {
        var axes = IntStream.range(0, ((Tensor) this).rank()).toArray();
        if (axes.length < 2) {
            throw new IllegalArgumentException(
                    "transpose: needs two axes, but the shape is " + ((Tensor) this).shape());
        }
        int last = axes.length - 1;
        axes[last] = last - 1;
        axes[last - 1] = last;
        return permute(axes);
    }

    /** Repeats to a wider shape by the broadcasting rule. */
    default Tensor expand(int... extents) {
        return Tensor.apply(new Expand(Shape.of(extents)), (Tensor) this);
    }

    /** Elements {@code start} (inclusive) to {@code end} (exclusive) of an axis. */
    default Tensor slice(int axis, int start, int end) {
        return slice(axis, start, end, 1);
    }

    default Tensor slice(int axis, int start, int end, int step) {
        return Tensor.apply(new Slice(axis, start, end, step), (Tensor) this);
    }

    /** Surrounds by a constant: {@code before[i]} and {@code after[i]} elements along axis {@code i}. */
    default Tensor pad(int[] before, int[] after, double value) {
        return Tensor.apply(new Pad(before.clone(), after.clone(), value), (Tensor) this);
    }

    /** Reverses the order along axes. */
    default Tensor flip(int... axes) {
        return Tensor.apply(new Flip(axes.clone()), (Tensor) this);
    }

    /** Slices of an axis picked by index; an index may repeat. */
    default Tensor indexSelect(int axis, int... indices) {
        return Tensor.apply(new IndexSelect(axis, indices.clone()), (Tensor) this);
    }

    /**
     * Elements of an axis picked by index: {@code y[..,j,..] = x[..,indices[..,j,..],..]}.
     *
     * @param count extent of the result along the axis
     * @param indices one per element of the result, row-major
     */
    default Tensor gather(int axis, int count, int... indices) {
        return Tensor.apply(new Gather(axis, count, indices.clone()), (Tensor) this);
    }
}
