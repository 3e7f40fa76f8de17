package dev.obverse.nn.layer;

import dev.obverse.nn.Layer;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Tensor;

/**
 * In training mode, zeroes elements with probability {@code p} and divides the others by {@code 1 - p} (Srivastava et
 * al. 2014); in eval mode, does nothing.
 */
public final class Dropout extends Layer {
    private final double p;
    private final Philox random;

    /**
     * Drops with probability {@code p}.
     *
     * @param p at least 0, less than 1
     * @param random one number is drawn from it, which selects a stream of this layer's own
     */
    public Dropout(double p, Philox random) {
        if (!(p >= 0 && p < 1)) {
            throw new IllegalArgumentException("Dropout: p must be at least 0 and less than 1, not " + p);
        }
        this.p = p;
        this.random = generator("random", random.stream(random.nextLong()));
    }

    @Override
    public Tensor forward(Tensor x) {
        return isTraining() && p > 0 ? Functional.dropout(x, p, random) : x;
    }

    @Override
    protected String details() {
        return "p " + p;
    }
}
