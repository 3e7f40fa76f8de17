package dev.obverse.backend.cpu.simd;

import dev.obverse.backend.cpu.conv.Scratch;

/**
 * Products {@code c[r,:] += sum_i a[i,r] b[i,:]} for one panel of {@code b}, where the rows of the result lie side by
 * side in {@code a}: weight gradients, whose inner dimension is pixels, and products with a transposed matrix.
 *
 * <p>Arguments common to all tiles: step {@code i} of the inner dimension reads the scalars {@code a[ao + steps[from +
 * i] + r]} and row {@code i} of the panel, whose rows begin at {@code bo} and are one or two vectors long; row
 * {@code r} of the result is at {@code c[co + r*ldc]}. If {@code first}, the sums begin at zero, else at what {@code c}
 * holds. See {@link RowTiles} for the form of a tile.
 */
final class ColumnTiles {
    private static final int L = Lanes.LENGTH;

    private ColumnTiles() {}

    /**
     * Computes {@code rows} rows. The last tile may read up to {@link Lanes#TALLEST} values past the last row of
     * {@code a}, which must exist and do not matter.
     *
     * @param width valid columns of the panel, at most {@link Lanes#PANEL}
     */
    static void run(
            float[] a,
            int ao,
            int[] steps,
            int from,
            int rows,
            int length,
            float[] b,
            int bo,
            float[] c,
            int co,
            int ldc,
            int width,
            boolean first) {
        boolean two = width > L;
        boolean whole = width == Lanes.PANEL || width == L;
        for (int r = 0; r < rows; ) {
            int tall = height(two, rows - r);
            int valid = Math.min(tall, rows - r);
            if (whole && valid == tall) {
                tile(tall, two, a, ao + r, steps, from, length, b, bo, c, co + r * ldc, ldc, first);
            } else {
                var edge = Scratch.floats(Scratch.TILE, (long) Lanes.TALLEST * Lanes.PANEL);
                for (int i = 0; !first && i < valid; i++) {
                    System.arraycopy(c, co + (r + i) * ldc, edge, i * Lanes.PANEL, width);
                }
                tile(tall, two, a, ao + r, steps, from, length, b, bo, edge, 0, Lanes.PANEL, first);
                for (int i = 0; i < valid; i++) {
                    System.arraycopy(edge, i * Lanes.PANEL, c, co + (r + i) * ldc, width);
                }
            }
            r += tall;
        }
    }

    /** Rows of the tile that fits {@code left} rows best. */
    private static int height(boolean two, int left) {
        if (!two) {
            return left > 8 && Lanes.MANY_REGISTERS ? 16 : 8;
        }
        if (!Lanes.MANY_REGISTERS) {
            return 6;
        }
        return RowTiles.eights(left) ? 8 : 12;
    }

    private static void tile(
            int tall,
            boolean two,
            float[] a,
            int ao,
            int[] steps,
            int from,
            int length,
            float[] b,
            int bo,
            float[] c,
            int co,
            int ldc,
            boolean first) {
        if (two) {
            switch (tall) {
                case 12 -> ColumnTile12x2.run(a, ao, steps, from, length, b, bo, c, co, ldc, first);
                case 8 -> ColumnTile8x2.run(a, ao, steps, from, length, b, bo, c, co, ldc, first);
                default -> ColumnTile6x2.run(a, ao, steps, from, length, b, bo, c, co, ldc, first);
            }
        } else if (tall == 16) {
            ColumnTile16x1.run(a, ao, steps, from, length, b, bo, c, co, ldc, first);
        } else {
            ColumnTile8x1.run(a, ao, steps, from, length, b, bo, c, co, ldc, first);
        }
    }
}
