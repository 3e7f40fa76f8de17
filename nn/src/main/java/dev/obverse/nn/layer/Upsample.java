package dev.obverse.nn.layer;

import dev.obverse.backend.ResizeSpec;
import dev.obverse.nn.Layer;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Tensor;

/** Enlarges an image by a whole factor: {@code [N,H,W,C] -> [N,factor H,factor W,C]}. */
public final class Upsample extends Layer {
    private final int factor;
    private final ResizeSpec.Mode mode;

    public Upsample(int factor, ResizeSpec.Mode mode) {
        if (factor < 1) {
            throw new IllegalArgumentException("Upsample: the factor must be 1 or more, not " + factor);
        }
        this.factor = factor;
        this.mode = mode;
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.rank() != 4) {
            throw new IllegalArgumentException("Upsample: x must be [N,H,W,C], not " + x.shape());
        }
        return Functional.interpolate(x, factor * x.dim(1), factor * x.dim(2), mode);
    }

    @Override
    protected String details() {
        return "factor " + factor + ", " + mode;
    }
}
