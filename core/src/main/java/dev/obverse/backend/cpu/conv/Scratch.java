package dev.obverse.backend.cpu.conv;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Buffers that a thread keeps between kernels, so that the hot path neither allocates nor faults in fresh pages. A slot
 * belongs to one purpose; a kernel that runs as a piece of another one's loop never takes its caller's slots, because
 * the {@code PACKED}, {@code PARTIAL} and {@code BIAS} slots are taken before a loop starts and the others inside a
 * piece.
 */
public final class Scratch {
    /** Weights repacked for a whole call. */
    public static final int PACKED = 0;

    /** Partial sums of a weight gradient for a whole call. */
    public static final int PARTIAL = 1;

    /** Bias padded to whole panels, for a whole call. */
    public static final int BIAS = 2;

    /** The left operand of one piece: a padded part of an image, or rows of a matrix. */
    public static final int LEFT = 3;

    /** The right operand of one piece. */
    public static final int RIGHT = 4;

    /** Results of one piece, or of one tile at an edge, on their way to memory. */
    public static final int TILE = 5;

    /** A transform of two axes after the first of them. */
    public static final int HALF = 6;

    /** Strips of a transform that shares them between tiles. */
    public static final int STRIP = 7;

    /** Offsets of the pixels that a piece reads. */
    public static final int READ = 0;

    /** Offsets of the pixels that a piece writes. */
    public static final int WRITE = 1;

    /** Offsets of the rows of one tile at an edge. */
    public static final int MOVED = 2;

    private static final ThreadLocal<Scratch> MINE = ThreadLocal.withInitial(Scratch::new);

    private final float[][] floats = new float[8][0];
    private final int[][] ints = new int[3][0];

    private Scratch() {}

    /** This thread's buffer for {@code slot}, at least {@code size} long, with any content. */
    public static float[] floats(int slot, long size) {
        var mine = MINE.get();
        if (mine.floats[slot].length < size) {
            mine.floats[slot] = new float[grown(size)];
        }
        return mine.floats[slot];
    }

    /** {@code bias} itself, or {@code size} zeros where a layer has none. */
    public static float[] biasOrZeros(float @Nullable [] bias, int size) {
        if (bias != null) {
            return bias;
        }
        var zeros = floats(BIAS, size);
        Arrays.fill(zeros, 0, size, 0f);
        return zeros;
    }

    /** This thread's index buffer for {@code slot}, at least {@code size} long, with any content. */
    public static int[] ints(int slot, int size) {
        var mine = MINE.get();
        if (mine.ints[slot].length < size) {
            mine.ints[slot] = new int[grown(size)];
        }
        return mine.ints[slot];
    }

    private static int grown(long size) {
        if (size > Integer.MAX_VALUE - 64) {
            throw new IllegalArgumentException("A kernel needs a work buffer of " + size
                    + " floats, more than one array holds: use a smaller batch or smaller images");
        }
        return (int) Math.max(1024, Math.min(Integer.MAX_VALUE - 64, size + size / 8));
    }
}
