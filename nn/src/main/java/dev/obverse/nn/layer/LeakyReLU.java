package dev.obverse.nn.layer;

import dev.obverse.nn.Layer;
import dev.obverse.tensor.Tensor;

/** {@code x > 0 ? x : slope x} (Maas et al. 2013). */
public final class LeakyReLU extends Layer {
    private final double slope;

    /** Slope 0.01, PyTorch's. */
    public LeakyReLU() {
        this(0.01);
    }

    /** With a slope of at least 0; 0 is ReLU, 1 does nothing. */
    public LeakyReLU(double slope) {
        if (!(slope >= 0)) {
            throw new IllegalArgumentException("LeakyReLU: slope must be 0 or more, not " + slope);
        }
        this.slope = slope;
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.leakyRelu(slope);
    }

    @Override
    protected String details() {
        return "slope " + slope;
    }
}
