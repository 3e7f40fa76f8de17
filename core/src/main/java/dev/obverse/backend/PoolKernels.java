package dev.obverse.backend;

/** Pooling over windows of an image. */
public interface PoolKernels {
    void max(PoolSpec spec, Storage x, Storage y);

    /** Each window's gradient goes to the first element, in row-major order, that equals its maximum. */
    void maxGradient(PoolSpec spec, Storage x, Storage y, Storage dy, Storage dx);

    /** Mean over the window; padding counts as zeros in the mean (PyTorch's {@code count_include_pad}). */
    void average(PoolSpec spec, Storage x, Storage y);

    void averageGradient(PoolSpec spec, Storage dy, Storage dx);
}
