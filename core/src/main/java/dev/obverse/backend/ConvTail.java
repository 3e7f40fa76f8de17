package dev.obverse.backend;

import org.jspecify.annotations.Nullable;

/**
 * What ends a convolution in inference, in the same pass over memory: {@code y = min(leaky(conv + bias + residual),
 * high)}, where {@code leaky(v) = v > 0 ? v : slope v}.
 *
 * @param residual of the result's shape, or null for none
 * @param slope 1 for none, 0 for ReLU; of no effect if there are {@code slopes}
 * @param slopes one per output channel, of any sign, as PReLU has them; or null
 * @param high infinite for none, 6 for ReLU6
 */
public record ConvTail(
        @Nullable Storage residual, double slope, @Nullable Storage slopes, double high) {
    /** LeakyReLU alone. */
    public static ConvTail leaky(double slope) {
        return new ConvTail(null, slope, null, Double.POSITIVE_INFINITY);
    }

    /** Whether nothing is added and nothing bounded, so that a single slope says all. */
    public boolean isLeaky() {
        return residual == null && slopes == null && high == Double.POSITIVE_INFINITY;
    }
}
