package dev.obverse.nn.loss;

import dev.obverse.random.Philox;
import dev.obverse.tensor.Tensor;

/** Large-margin cosine loss: {@code cos(theta) - margin} for the right class (Wang et al. 2018). */
public final class CosFace extends MarginHead {
    private final double margin;

    /** With the paper's margin 0.35 and scale 64. */
    public CosFace(int width, int classes, Philox random) {
        this(width, classes, 64, 0.35, random);
    }

    public CosFace(int width, int classes, double scale, double margin, Philox random) {
        super(width, classes, scale, random);
        if (!(margin >= 0)) {
            throw new IllegalArgumentException("CosFace: the margin must be 0 or more, not " + margin);
        }
        this.margin = margin;
    }

    @Override
    Tensor harder(Tensor cosine) {
        return cosine.sub(margin);
    }
}
