package dev.obverse.benchmarks;

import dev.obverse.backend.cpu.Workers;

/**
 * The rate at which this process can copy memory far larger than any cache, on all of its worker threads, counting each
 * byte read and each byte written. Kernels that wait for memory are judged by their share of it.
 */
public final class CopyBandwidth {
    private static final int LENGTH = 1 << 25;
    private static final int PIECES = 64;

    private final float[] from = new float[LENGTH];
    private final float[] to = new float[LENGTH];

    /** The best of a few copies, in GB/s. */
    public double gigabytesPerSecond() {
        double best = 0;
        for (int run = 0; run < 4; run++) {
            long start = System.nanoTime();
            int length = LENGTH / PIECES;
            Workers.run(PIECES, i -> System.arraycopy(from, i * length, to, i * length, length));
            best = Math.max(best, 2 * 4.0 * LENGTH / (System.nanoTime() - start));
        }
        return best;
    }
}
