package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.cpu.conv.Scratch;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products {@code c[r,:] += sum_i a[i,r] b[i,:]} with a right operand in panels, where the rows of the result lie side
 * by side in {@code a}: weight gradients, whose inner dimension is pixels, and products with a transposed matrix.
 *
 * <p>The scalars of a tile are packed first, {@code height} values for each step of the inner dimension, and serve all
 * panels. That costs about one cycle a step, and a tile then reads both operands strictly in sequence.
 *
 * <p>Arguments common to all tiles: {@code a} is packed so from its start, {@code b} is a panel whose rows begin at
 * {@code bo} and are one or two vectors long, row {@code r} of the result is at {@code c[co + r*ldc]}. If
 * {@code first}, the sums begin at zero, else at what {@code c} holds. See {@link RowTiles} for the form of a tile.
 */
final class ColumnTiles {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private ColumnTiles() {}

    /** Runs of neighbouring rows in the left operand: run {@code i} is rows {@code i*length} on, at {@code offsets[i]}. */
    record Runs(int[] offsets, int length) {
        int rows() {
            return offsets.length * length;
        }
    }

    /** The right operand: {@code columns} columns in panels that are {@code panel} floats apart from {@code bo} on. */
    record Right(float[] b, int bo, int panel, int columns) {}

    /** The result: panels are {@code panel} floats apart from {@code co} on, rows {@code ldc} floats. */
    record Result(float[] c, int co, int panel, int ldc) {}

    /**
     * Adds up {@code length} steps of the inner dimension.
     *
     * @param a left operand; up to {@link Lanes#TALLEST} values after any run must exist and do not matter
     * @param steps where each step begins in {@code a}, from {@code from} on
     */
    static void run(
            float[] a, int[] steps, int from, int length, Runs runs, Right right, Result result, boolean first) {
        int rows = runs.rows();
        for (int r = 0; r < rows; ) {
            int tall = height(right.columns() > L, rows - r);
            int valid = Math.min(tall, rows - r);
            var packed = Scratch.floats(Scratch.PACKED_TILE, (long) length * tall + Lanes.TALLEST + L);
            pack(a, steps, from, length, runs, r, tall, packed);
            for (int j = 0; j < right.columns(); j += Lanes.PANEL) {
                panel(tall, valid, packed, length, right, j, result, r, first);
            }
            r += tall;
        }
    }

    /** Packs rows {@code r} up to {@code r + tall}; rows that do not exist become values that do not matter. */
    private static void pack(
            float[] a, int[] steps, int from, int length, Runs runs, int r, int tall, float[] packed) {
        int run = r / runs.length();
        int inside = r - run * runs.length();
        if (inside + tall <= runs.length() || run == runs.offsets().length - 1) {
            move(a, runs.offsets()[run] + inside, steps, from, length, tall, tall, packed, 0);
            return;
        }
        // The tile spans runs. A move spills over the end of its part, into what the next part or step then writes.
        for (int i = 0; i < length; i++) {
            int at = i * tall;
            int end = at + tall;
            int start = inside;
            for (int q = run; at < end && q < runs.offsets().length; q++) {
                int count = Math.min(runs.length() - start, end - at);
                move(a, runs.offsets()[q] + start, steps, from + i, 1, count, 0, packed, at);
                at += count;
                start = 0;
            }
        }
    }

    /** Moves {@code count} values of each of some steps, in whole vectors that spill over. */
    private static void move(
            float[] a, int base, int[] steps, int from, int length, int count, int stride, float[] to, int o) {
        for (int i = 0; i < length; i++) {
            int s = base + steps[from + i];
            int t = o + i * stride;
            for (int v = 0; v < count; v += L) {
                fromArray(F, a, s + v).intoArray(to, t + v);
            }
        }
    }

    private static void panel(
            int tall,
            int valid,
            float[] packed,
            int length,
            Right right,
            int column,
            Result result,
            int row,
            boolean first) {
        int width = Math.min(Lanes.PANEL, right.columns() - column);
        boolean two = width > L;
        int panel = column / Lanes.PANEL;
        int bo = right.bo() + panel * right.panel();
        int co = result.co() + panel * result.panel() + row * result.ldc();
        float[] c = result.c();
        int ldc = result.ldc();
        if (valid == tall && (width == Lanes.PANEL || width == L)) {
            tile(tall, two, packed, length, right.b(), bo, c, co, ldc, first);
            return;
        }
        var edge = Scratch.floats(Scratch.TILE, Lanes.TALLEST * Lanes.PANEL);
        for (int i = 0; !first && i < valid; i++) {
            System.arraycopy(c, co + i * ldc, edge, i * Lanes.PANEL, width);
        }
        tile(tall, two, packed, length, right.b(), bo, edge, 0, Lanes.PANEL, first);
        for (int i = 0; i < valid; i++) {
            System.arraycopy(edge, i * Lanes.PANEL, c, co + i * ldc, width);
        }
    }

    /** Rows of the tile that fits {@code left} rows best; the height serves all panels, narrow ones too. */
    private static int height(boolean two, int left) {
        if (!Lanes.MANY_REGISTERS) {
            return two ? 6 : 8;
        }
        if (!two) {
            return left > 8 ? 16 : 8;
        }
        return RowTiles.eights(left) ? 8 : 14;
    }

    private static void tile(
            int tall,
            boolean two,
            float[] a,
            int length,
            float[] b,
            int bo,
            float[] c,
            int co,
            int ldc,
            boolean first) {
        if (two) {
            switch (tall) {
                case 14 -> ColumnTile14x2.run(a, length, b, bo, c, co, ldc, first);
                case 8 -> ColumnTile8x2.run(a, length, b, bo, c, co, ldc, first);
                default -> ColumnTile6x2.run(a, length, b, bo, c, co, ldc, first);
            }
        } else {
            switch (tall) {
                case 16 -> ColumnTile16x1.run(a, length, b, bo, c, co, ldc, first);
                case 14 -> ColumnTile14x1.run(a, length, b, bo, c, co, ldc, first);
                case 8 -> ColumnTile8x1.run(a, length, b, bo, c, co, ldc, first);
                default -> ColumnTile6x1.run(a, length, b, bo, c, co, ldc, first);
            }
        }
    }
}
