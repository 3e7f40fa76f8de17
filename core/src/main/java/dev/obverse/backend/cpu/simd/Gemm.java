package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.MatmulSpec;
import dev.obverse.backend.cpu.Workers;
import dev.obverse.backend.cpu.conv.Panels;
import dev.obverse.backend.cpu.conv.Scratch;
import java.util.Arrays;

/**
 * Products of dense matrices. A piece of work is a block of the result; it copies the parts of both operands that it
 * multiplies into its own scratch, one slice of the inner dimension at a time, so that a tile never meets a stride that
 * defeats the cache and a large operand is never copied whole.
 */
public final class Gemm {
    private static final int L = Lanes.LENGTH;
    private static final int PANEL = Lanes.PANEL;

    /** A slice of the inner dimension: a panel's part takes 32 KiB. */
    private static final int SLICE = 256;

    /** Floats of a slice of the right operand: 256 KiB. */
    private static final int RIGHT_FLOATS = 1 << 16;

    /** Most rows of a block, a whole number of tiles of 12. */
    private static final int ROWS = 252;

    /** Up to this many rows the right operand is read about once, and long runs of it matter most. */
    private static final int FEW_ROWS = 32;

    /** Up to this many rows a transposed right operand is multiplied where it lies. */
    private static final int DOT_ROWS = 32;

    /** Up to this many rows a right operand that is not transposed is, too; above, packing it pays. */
    private static final int ADDED_ROWS = 16;

    /** An inner product up to this long is one slice, and costs less than writing its result. */
    private static final int SHORT = 64;

    private static final float[] ZERO = new float[PANEL];

    private Gemm() {}

    /** The cut of one product: rows and columns of a block and the length of a slice, by shape only. */
    private record Blocks(int rows, int columns, int slice) {
        static Blocks of(MatmulSpec s) {
            int slice = Math.min(s.k(), s.m() <= FEW_ROWS ? 64 : SLICE);
            int rows = Math.min(s.m(), ROWS);
            int columns = Math.min(roundUp(s.n(), PANEL), Math.min(RIGHT_FLOATS / slice, 2048) / PANEL * PANEL);
            // Halve blocks until there is work for many threads, but keep enough of it to pay for the copies.
            while ((long) s.batch() * count(s.m(), rows) * count(s.n(), columns) < 16 && (rows > 60 || columns > 128)) {
                if (columns > 128 && columns >= rows) {
                    columns = roundUp(columns / 2, PANEL);
                } else if (rows > 60) {
                    rows = (rows / 2 + 11) / 12 * 12;
                } else {
                    columns = roundUp(columns / 2, PANEL);
                }
            }
            // Then even them out: 256 rows are better two blocks of 132 and 124 than one of 252 and one of 4.
            rows = roundUp(count(s.m(), count(s.m(), rows)), 12);
            columns = roundUp(count(s.n(), count(s.n(), columns)), PANEL);
            return new Blocks(rows, columns, slice);
        }
    }

    private static int roundUp(int size, int multiple) {
        return (size + multiple - 1) / multiple * multiple;
    }

    private static int count(int size, int block) {
        return (size + block - 1) / block;
    }

    /**
     * {@code c[i] = op(a[i]) op(b[i])}, or {@code +=}, for every product of the batch.
     *
     * @param a {@code [batch,m,k]}, {@code [batch,k,m]} if transposed, without batch if broadcast
     * @param b {@code [batch,k,n]}, {@code [batch,n,k]} if transposed, without batch if broadcast
     * @param c {@code [batch,m,n]}, overwritten or added to
     */
    public static void run(MatmulSpec s, float[] a, float[] b, float[] c, boolean add) {
        long size = (long) s.batch() * s.m() * s.n();
        if (size == 0) {
            return;
        }
        if (s.k() == 0) {
            Arrays.fill(c, 0, add ? 0 : (int) size, 0f);
            return;
        }
        if (!s.transposeA() && (s.transposeB() ? s.m() <= DOT_ROWS : s.n() == 1)) {
            DotProducts.run(s, a, b, c, add);
            return;
        }
        if (!s.transposeA() && !s.transposeB() && s.m() <= ADDED_ROWS) {
            FewRowProducts.run(s, a, b, c, add);
            return;
        }
        var blocks = Blocks.of(s);
        int down = count(s.m(), blocks.rows());
        int across = count(s.n(), blocks.columns());
        Workers.run(s.batch() * down * across, i -> {
            int product = i / (down * across);
            // Neighbouring pieces share their part of the right operand.
            int row = i % down * blocks.rows();
            int column = i / down % across * blocks.columns();
            block(s, blocks, product, row, column, a, b, c, add);
        });
    }

    private static void block(
            MatmulSpec s,
            Blocks blocks,
            int product,
            int row,
            int column,
            float[] a,
            float[] b,
            float[] c,
            boolean add) {
        int m = Math.min(blocks.rows(), s.m() - row);
        int n = Math.min(blocks.columns(), s.n() - column);
        int ao = s.broadcastA() ? 0 : product * s.m() * s.k();
        int bo = s.broadcastB() ? 0 : product * s.k() * s.n();
        int co = product * s.m() * s.n() + row * s.n() + column;
        int panels = Panels.count(n, PANEL);
        var right = Scratch.floats(Scratch.RIGHT, (long) panels * PANEL * (blocks.slice() + 1));
        for (int k = 0; k < s.k(); k += blocks.slice()) {
            int slice = Math.min(blocks.slice(), s.k() - k);
            packRight(s, b, bo, k, slice, column, n, right);
            if (s.transposeA()) {
                columns(s, a, ao + k * s.m() + row, slice, m, n, right, c, co, k == 0 && !add);
            } else {
                rows(s, a, ao + row * s.k() + k, slice, m, n, right, c, co, k == 0 && !add);
            }
        }
    }

    /**
     * Packs a slice of the right operand. Panels are one row further apart than they are long: at a multiple of 4 KiB,
     * what one row writes into all of them would compete for the same few sets of the L1 cache.
     */
    private static void packRight(MatmulSpec s, float[] b, int bo, int k, int slice, int column, int n, float[] right) {
        if (!s.transposeB()) {
            copyRight(b, bo + k * s.n() + column, s.n(), slice, n, right);
            return;
        }
        for (int j = 0; j < n; j += PANEL) {
            int stored = Panels.storedWidth(n, j, PANEL);
            int valid = Math.min(stored, n - j);
            Panels.transpose(b, bo + (column + j) * s.k() + k, s.k(), valid, slice, right, j * (slice + 1), stored);
        }
    }

    /** Copies {@code slice} rows into panels, row by row: the operand is read in runs as long as a block is wide. */
    private static void copyRight(float[] b, int from, int stride, int slice, int n, float[] right) {
        int full = n / PANEL * PANEL;
        for (int r = 0; r < slice; r++) {
            copyRow(b, from + r * stride, full, right, r * PANEL, (slice + 1) * PANEL);
        }
        if (full < n) {
            int stored = Panels.storedWidth(n, full, PANEL);
            Panels.copy(b, from + full, stride, Math.min(stored, n - full), slice, right, full * (slice + 1), stored);
        }
    }

    private static void copyRow(float[] b, int from, int full, float[] right, int o, int panel) {
        int to = o;
        for (int j = 0; j < full; j += PANEL) {
            var low = fromArray(Lanes.F, b, from + j);
            var high = fromArray(Lanes.F, b, from + j + L);
            low.intoArray(right, to);
            high.intoArray(right, to + L);
            to += panel;
        }
    }

    /** Multiplies a left operand whose rows are contiguous. */
    private static void rows(
            MatmulSpec s, float[] a, int ao, int slice, int m, int n, float[] right, float[] c, int co, boolean first) {
        int pitch = (slice + Lanes.LINE - 1) / Lanes.LINE * Lanes.LINE + Lanes.LINE;
        var left = Scratch.floats(Scratch.LEFT, (long) m * pitch);
        var read = Scratch.ints(Scratch.READ, m + Lanes.TALLEST);
        var write = Scratch.ints(Scratch.WRITE, m + Lanes.TALLEST);
        for (int i = 0; i < m; i++) {
            System.arraycopy(a, ao + i * s.k(), left, i * pitch, slice);
            read[i] = i * pitch;
            write[i] = i * s.n();
        }
        Arrays.fill(read, m, m + Lanes.TALLEST, read[m - 1]);
        Arrays.fill(write, m, m + Lanes.TALLEST, write[m - 1]);
        // A tile may be taller than the rows that go together, and must not add to those that follow twice.
        int together = first ? together(s, m) : m;
        for (int i = 0; i < m; i += together) {
            int to = Math.min(i + together, m);
            for (int j = 0; j < n; j += PANEL) {
                int width = Math.min(PANEL, n - j);
                RowTiles.run(
                        left, 0, read, i, to, slice, right, j * (slice + 1), c, write, co + j, width, ZERO, 0, first);
            }
        }
    }

    /** Multiplies a left operand whose columns are contiguous. */
    private static void columns(
            MatmulSpec s, float[] a, int ao, int slice, int m, int n, float[] right, float[] c, int co, boolean first) {
        int pitch = m + Lanes.TALLEST;
        var left = Scratch.floats(Scratch.LEFT, (long) slice * pitch);
        var steps = Scratch.ints(Scratch.READ, slice);
        for (int i = 0; i < slice; i++) {
            System.arraycopy(a, ao + i * s.m(), left, i * pitch, m);
            steps[i] = i * pitch;
        }
        int together = together(s, m);
        for (int i = 0; i < m; i += together) {
            int rows = Math.min(together, m - i);
            for (int j = 0; j < n; j += PANEL) {
                int width = Math.min(PANEL, n - j);
                int o = co + i * s.n() + j;
                ColumnTiles.run(left, i, steps, 0, rows, slice, right, j * (slice + 1), c, o, s.n(), width, first);
            }
        }
    }

    /**
     * Rows that pass under a panel before the next one's turn. A short inner product is bound by writing the result,
     * and that goes fastest in long runs: then a tile's rows are written from end to end.
     */
    private static int together(MatmulSpec s, int m) {
        return s.k() <= SHORT ? 12 : m;
    }
}
