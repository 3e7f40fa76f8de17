package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.cpu.conv.Scratch;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Inner products of rows with rows, where the inner dimension of both is contiguous and the vectors run along it: for
 * results too narrow to fill a vector, and for long rows that should be read once, in sequence.
 *
 * <p>Arguments common to all tiles: row {@code p} of {@code a} begins at {@code base + rows[r + p]}, its vector
 * {@code i} is {@code steps[i]} further, and vector {@code i} of a row of {@code b} is at {@code i*L}. A tile takes the
 * first {@code full} vectors, which are whole; then come {@code tails} of which only {@code tail} lanes are valid.
 */
final class DotTiles {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private static final VectorShuffle<Float> DOWN_8 = down(8);
    private static final VectorShuffle<Float> DOWN_4 = down(4);
    private static final VectorShuffle<Float> DOWN_2 = down(2);
    private static final VectorShuffle<Float> DOWN_1 = down(1);

    /** Rows of {@code b} of a tile. */
    static final int COLUMNS = 3;

    /** Most rows of {@code a} of a tile. */
    static final int ROWS = Lanes.MANY_REGISTERS ? 8 : 4;

    private DotTiles() {}

    /** Floats that a tile's sums need. */
    static float[] lanes() {
        return Scratch.floats(Scratch.TILE, (long) L * (ROWS * COLUMNS + 1));
    }

    /** Rows of {@code a} of the tile that fits {@code left} rows best. */
    static int height(int left) {
        return left <= 4 ? 4 : ROWS;
    }

    /**
     * Products of {@code height} rows with rows {@code b0}, {@code b1} and {@code b2}; that of row {@code p} and column
     * {@code j} is then at {@code lanes[p*COLUMNS + j]}.
     */
    static void run(
            int height,
            float[] a,
            int base,
            int[] rows,
            int r,
            int[] steps,
            int full,
            int tails,
            int tail,
            float[] b,
            int b0,
            int b1,
            int b2,
            float[] lanes) {
        if (height == 8) {
            DotTile8x3.run(a, base, rows, r, steps, full, b, b0, b1, b2, lanes);
        } else {
            DotTile4x3.run(a, base, rows, r, steps, full, b, b0, b1, b2, lanes);
        }
        fold(lanes, height * COLUMNS);
        for (int i = full; i < full + tails; i++) {
            for (int p = 0; p < height; p++) {
                int ao = base + rows[r + p] + steps[i];
                lanes[p * COLUMNS] += dot(a, ao, b, b0 + i * L, tail);
                lanes[p * COLUMNS + 1] += dot(a, ao, b, b1 + i * L, tail);
                lanes[p * COLUMNS + 2] += dot(a, ao, b, b2 + i * L, tail);
            }
        }
    }

    private static float dot(float[] a, int ao, float[] b, int bo, int length) {
        float sum = 0f;
        for (int i = 0; i < length; i++) {
            sum += a[ao + i] * b[bo + i];
        }
        return sum;
    }

    /**
     * Sums the lanes of vector {@code i} of {@code count} into {@code lanes[i]}, by halves. {@code reduceLanes}
     * promises no order, and its compiled form adds in another one than the interpreter.
     */
    private static void fold(float[] lanes, int count) {
        for (int i = 0; i < count; i++) {
            // What a sum overwrites belongs to a vector that has been read.
            var sum = fromArray(F, lanes, i * L);
            // The lanes beyond the half take part, too; their sums are not used.
            if (L >= 16) {
                sum = sum.add(sum.rearrange(DOWN_8));
            }
            if (L >= 8) {
                sum = sum.add(sum.rearrange(DOWN_4));
            }
            if (L >= 4) {
                sum = sum.add(sum.rearrange(DOWN_2));
            }
            lanes[i] = sum.add(sum.rearrange(DOWN_1)).lane(0);
        }
    }

    /** Brings each lane down by {@code lanes}; a constant, without which it is not one instruction. */
    private static VectorShuffle<Float> down(int lanes) {
        return VectorShuffle.iota(F, lanes, 1, true);
    }
}
