package dev.obverse.backend;

/** Normalisation by statistics of the data itself, and softmax. */
public interface NormKernels {
    /**
     * {@code y = (x - mean) / sqrt(variance + eps)} per group.
     *
     * @param mean receives {@code spec.groups()} means
     * @param variance receives as many population variances
     */
    void normalize(NormSpec spec, double eps, Storage x, Storage y, Storage mean, Storage variance);

    /** Gradient through {@link #normalize}, statistics included, from its result {@code y}. */
    void normalizeGradient(NormSpec spec, double eps, Storage y, Storage variance, Storage dy, Storage dx);

    /** Softmax of each row of {@code x [rows, n]}, stabilised by the row's maximum. */
    void softmax(int rows, int n, Storage x, Storage y);

    void softmaxGradient(int rows, int n, Storage y, Storage dy, Storage dx);

    void logSoftmax(int rows, int n, Storage x, Storage y);

    void logSoftmaxGradient(int rows, int n, Storage y, Storage dy, Storage dx);
}
