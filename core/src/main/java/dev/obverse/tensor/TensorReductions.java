package dev.obverse.tensor;

import dev.obverse.backend.ReduceSpec;
import dev.obverse.tensor.op.Max;
import dev.obverse.tensor.op.Sum;

/** Sums, means and extremes over axes. No axis means all of them; negative axes count from the end. */
public sealed interface TensorReductions permits Tensor {
    default Tensor sum(int... axes) {
        return Tensor.apply(new Sum(axes, false, false), (Tensor) this);
    }

    /** Reduced axes stay, with extent 1, so that the result broadcasts against this tensor. */
    default Tensor sumKeepDims(int... axes) {
        return Tensor.apply(new Sum(axes, true, false), (Tensor) this);
    }

    default Tensor mean(int... axes) {
        return Tensor.apply(new Sum(axes, false, true), (Tensor) this);
    }

    default Tensor meanKeepDims(int... axes) {
        return Tensor.apply(new Sum(axes, true, true), (Tensor) this);
    }

    /** Largest element; ties share the gradient equally. */
    default Tensor amax(int... axes) {
        return Tensor.apply(new Max(axes, false), (Tensor) this);
    }

    default Tensor amaxKeepDims(int... axes) {
        return Tensor.apply(new Max(axes, true), (Tensor) this);
    }

    /** Smallest element; ties share the gradient equally. */
    default Tensor amin(int... axes) {
        return ((Tensor) this).neg().amax(axes).neg();
    }

    /** Euclidean length along the last axis, with that axis kept as 1. */
    default Tensor normKeepDims() {
        return ((Tensor) this).square().sumKeepDims(-1).sqrt();
    }

    /** Index of the first largest element along an axis, row-major over the other axes. Has no gradient. */
    default int[] argmax(int axis) {
        var self = (Tensor) this;
        var shape = self.shape();
        int at = shape.axis(axis);
        if (shape.dim(at) == 0) {
            throw new IllegalArgumentException("argmax: axis " + axis + " of shape " + shape + " is empty");
        }
        var spec = new ReduceSpec(shape.product(0, at), shape.dim(at), shape.product(at + 1, shape.rank()));
        return self.backend().reduce().argmax(spec, self.storage());
    }
}
