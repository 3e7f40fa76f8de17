package dev.obverse.tensor;

import org.jspecify.annotations.Nullable;

/**
 * What follows a convolution: {@code y = min(leaky(conv + bias + residual), high)}, where {@code leaky(v) = v > 0 ? v :
 * slope v}.
 *
 * @param residual of the result's shape, or null for none
 * @param slope 1 for none, 0 for ReLU, not negative; of no effect if there are {@code slopes}
 * @param slopes {@code [Cout]}, as PReLU has them; or null
 * @param high infinite for none, 6 for ReLU6
 */
public record ConvEnd(
        @Nullable Tensor residual, double slope, @Nullable Tensor slopes, double high) {
    /** LeakyReLU alone. */
    public static ConvEnd leaky(double slope) {
        return new ConvEnd(null, slope, null, Double.POSITIVE_INFINITY);
    }

    /** Whether a single slope says all. */
    public boolean isLeaky() {
        return residual == null && slopes == null && high == Double.POSITIVE_INFINITY;
    }

    /** The end as operations of their own, with gradients. */
    public Tensor after(Tensor sum) {
        var v = residual == null ? sum : sum.add(residual);
        var leaky = slopes != null ? v.prelu(slopes) : slope == 1 ? v : v.leakyRelu(slope);
        return high == Double.POSITIVE_INFINITY ? leaky : leaky.clamp(Double.NEGATIVE_INFINITY, high);
    }
}
