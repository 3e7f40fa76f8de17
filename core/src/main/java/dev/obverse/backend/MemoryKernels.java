package dev.obverse.backend;

/** Allocation and transfer. */
public interface MemoryKernels {
    /** A block for {@code length} elements with undefined content, from the pool if one fits. */
    Storage allocate(int length);

    /**
     * A block with these values, which are the block's from now on: where the device's memory is arrays, this is the
     * block, and nothing is copied.
     */
    Storage adopt(float[] values);

    /** Gives a block back to the pool; the caller has made sure that nobody reads it any more. */
    void release(Storage storage);

    /** Copies the first {@code storage.length()} elements in. */
    void write(float[] source, Storage storage);

    void write(double[] source, Storage storage);

    /** Copies {@code storage.length()} elements out. */
    void read(Storage storage, float[] target);

    void read(Storage storage, double[] target);

    void fill(Storage storage, double value);
}
