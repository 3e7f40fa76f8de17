package dev.obverse.backend;

import org.jspecify.annotations.Nullable;

/** Normalisation, by statistics of the data itself or by given ones, and softmax. */
public interface NormKernels {
    /**
     * {@code y = leaky(gamma xhat + beta)}, where {@code xhat = (x - mean) / sqrt(variance + eps)} with the statistics
     * of each element's group, and {@code leaky(v) = v > 0 ? v : slope v}.
     *
     * @param gamma {@code spec.columns()} scales, or null for ones
     * @param beta as many shifts, or null for zeros
     * @param mean {@code spec.groups()} means: written if {@code spec.ownStatistics()}, else read
     * @param variance as many population variances, likewise
     */
    void normalize(
            NormSpec spec,
            Storage x,
            @Nullable Storage gamma,
            @Nullable Storage beta,
            Storage mean,
            Storage variance,
            Storage y);

    /**
     * Gradient through {@link #normalize}. With {@code dz = dy (gamma xhat + beta > 0 ? 1 : slope)}, {@code dbeta} and
     * {@code dgamma} are the sums of {@code dz} and of {@code dz xhat} over each column, and
     *
     * <pre>{@code dx = (gamma dz - m1 - m2 xhat) / sqrt(variance + eps)}</pre>
     *
     * where {@code m1} and {@code m2} are the means of {@code gamma dz} and of {@code gamma dz xhat} over each group,
     * or 0 if the statistics were given.
     *
     * @param mean as {@link #normalize} wrote or read it; likewise {@code variance}
     * @param dx null where nobody wants it; likewise {@code dgamma} and {@code dbeta}
     */
    void normalizeGradient(
            NormSpec spec,
            Storage x,
            @Nullable Storage gamma,
            @Nullable Storage beta,
            Storage mean,
            Storage variance,
            Storage dy,
            @Nullable Storage dx,
            @Nullable Storage dgamma,
            @Nullable Storage dbeta);

    /** Softmax of each row of {@code x [rows, n]}, stabilised by the row's maximum. */
    void softmax(int rows, int n, Storage x, Storage y);

    void softmaxGradient(int rows, int n, Storage y, Storage dy, Storage dx);

    void logSoftmax(int rows, int n, Storage x, Storage y);

    void logSoftmaxGradient(int rows, int n, Storage y, Storage dy, Storage dx);
}
