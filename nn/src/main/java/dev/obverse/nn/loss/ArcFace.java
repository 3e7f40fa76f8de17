package dev.obverse.nn.loss;

import dev.obverse.random.Philox;
import dev.obverse.tensor.Tensor;

/**
 * Additive angular margin: {@code cos(theta + margin)} for the right class (Deng et al. 2019).
 *
 * <p>Beyond {@code theta = pi - margin} that cosine would rise again and reward a worse answer. There it is continued
 * by {@code cos(theta) - margin sin(margin)}; with the easy margin, the plain cosine takes over from a right angle on.
 */
public final class ArcFace extends MarginHead {
    private final double margin;
    private final boolean easyMargin;

    /** With the paper's margin 0.5 and scale 64. */
    public ArcFace(int width, int classes, Philox random) {
        this(width, classes, 64, 0.5, false, random);
    }

    /** The margin is an angle, from 0 to less than {@code pi / 2}. */
    public ArcFace(int width, int classes, double scale, double margin, boolean easyMargin, Philox random) {
        super(width, classes, scale, random);
        if (!(margin >= 0 && margin < Math.PI / 2)) {
            throw new IllegalArgumentException("ArcFace: the margin must be from 0 to less than pi/2, not " + margin);
        }
        this.margin = margin;
        this.easyMargin = easyMargin;
    }

    @Override
    Tensor harder(Tensor cosine) {
        // The square of the sine stays away from 0, where its root has no derivative; rounding can even make it
        // negative.
        var sine = cosine.square().neg().add(1).clamp(1e-7, 1).sqrt();
        var turned = cosine.mul(Math.cos(margin)).sub(sine.mul(Math.sin(margin)));
        double limit = easyMargin ? 0 : -Math.cos(margin);
        var otherwise = easyMargin ? cosine : cosine.sub(margin * Math.sin(margin));
        var values = cosine.toArray();
        var chosen = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            chosen[i] = values[i] > limit ? 1 : 0;
        }
        var choice = Tensor.of(cosine.device(), chosen, cosine.shape());
        return otherwise.add(choice.mul(turned.sub(otherwise)));
    }
}
