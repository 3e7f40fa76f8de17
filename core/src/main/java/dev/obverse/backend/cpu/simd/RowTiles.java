package dev.obverse.backend.cpu.simd;

import dev.obverse.backend.cpu.conv.Scratch;

/**
 * Products {@code c[p,:] += a[p,:] b} for one panel of {@code b}, where each row of {@code a} is contiguous: a pixel
 * with its neighbours in a channels-last image, or a row of a matrix.
 *
 * <p>A tile keeps all its sums in registers while it walks the inner dimension: it loads the one or two vectors of a
 * row of {@code b} and broadcasts one scalar per row of {@code a}. Its sums are named locals because C2 does not keep
 * an array of vectors in registers, and it has one flat loop because sums that live across nested loops get spilled. It
 * stays below a hundred vector operations: the profiling compiler refuses methods much larger, and a method that it
 * refuses while the machine is busy may never reach C2, which makes it a hundred times slower.
 *
 * <p>Arguments common to all tiles: row {@code p} of {@code a} begins at {@code base + rows[p]} and has {@code length}
 * values; {@code b} is a panel whose rows begin at {@code bo} and are one or two vectors long; row {@code p} of the
 * result is at {@code c[co + out[p]]}. If {@code first}, the sums begin at {@code bias[bi]}, else at what {@code c}
 * holds.
 */
final class RowTiles {
    private static final int L = Lanes.LENGTH;

    private static final int[] TILE_ROWS = tileRows();

    private RowTiles() {}

    /**
     * Computes rows {@code from} up to {@code to}. The tables have {@link Lanes#TALLEST} more entries than rows, all
     * equal to the last one: a tile that is not full repeats the last row, and stores the same values again. Where
     * {@code to} is not the last row, the tile goes on with those that follow: unless {@code first}, it must be full.
     *
     * @param width valid columns of the panel, at most {@link Lanes#PANEL}
     */
    static void run(
            float[] a,
            int base,
            int[] rows,
            int from,
            int to,
            int length,
            float[] b,
            int bo,
            float[] c,
            int[] out,
            int co,
            int width,
            float[] bias,
            int bi,
            boolean first) {
        if (width == Lanes.PANEL || width == L) {
            for (int p = from; p < to; ) {
                p += tile(a, base, rows, p, to - p, length, b, bo, c, out, co, width > L, bias, bi, first);
            }
        } else {
            partial(a, base, rows, from, to, length, b, bo, c, out, co, width, bias, bi, first);
        }
    }

    /** Runs the tile that fits {@code left} rows best and returns how many rows it computed. */
    private static int tile(
            float[] a,
            int base,
            int[] rows,
            int p,
            int left,
            int length,
            float[] b,
            int bo,
            float[] c,
            int[] out,
            int co,
            boolean two,
            float[] bias,
            int bi,
            boolean first) {
        if (!two) {
            if (left > 8 && Lanes.MANY_REGISTERS) {
                RowTile16x1.run(a, base, rows, p, length, b, bo, c, out, co, bias, bi, first);
                return 16;
            }
            RowTile8x1.run(a, base, rows, p, length, b, bo, c, out, co, bias, bi, first);
            return 8;
        }
        if (!Lanes.MANY_REGISTERS) {
            RowTile6x2.run(a, base, rows, p, length, b, bo, c, out, co, bias, bi, first);
            return 6;
        }
        if (!eights(left)) {
            RowTile12x2.run(a, base, rows, p, length, b, bo, c, out, co, bias, bi, first);
            return 12;
        }
        RowTile8x2.run(a, base, rows, p, length, b, bo, c, out, co, bias, bi, first);
        return 8;
    }

    /**
     * Whether tiles of 8 end {@code left} rows with less waste than tiles of 12: so 128 = 10*12 + 8, 64 = 4*12 + 2*8.
     */
    static boolean eights(int left) {
        return left <= 8 || (left > 12 && left <= 16);
    }

    /** A panel whose last columns do not exist: its tiles go through a whole tile of scratch. */
    private static void partial(
            float[] a,
            int base,
            int[] rows,
            int from,
            int to,
            int length,
            float[] b,
            int bo,
            float[] c,
            int[] out,
            int co,
            int width,
            float[] bias,
            int bi,
            boolean first) {
        var tile = Scratch.floats(Scratch.TILE, (long) Lanes.TALLEST * Lanes.PANEL);
        for (int p = from; p < to; ) {
            if (!first) {
                for (int i = 0; i < Lanes.TALLEST; i++) {
                    System.arraycopy(c, co + out[p + i], tile, TILE_ROWS[i], width);
                }
            }
            // The tile indexes both tables by the same row, so its rows of a are moved to the start of a table, too.
            var moved = Scratch.ints(Scratch.MOVED, Lanes.TALLEST);
            System.arraycopy(rows, p, moved, 0, Lanes.TALLEST);
            int done = tile(a, base, moved, 0, to - p, length, b, bo, tile, TILE_ROWS, 0, width > L, bias, bi, first);
            for (int i = 0; i < Math.min(done, to - p); i++) {
                System.arraycopy(tile, TILE_ROWS[i], c, co + out[p + i], width);
            }
            p += done;
        }
    }

    private static int[] tileRows() {
        var rows = new int[Lanes.TALLEST];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = i * Lanes.PANEL;
        }
        return rows;
    }
}
