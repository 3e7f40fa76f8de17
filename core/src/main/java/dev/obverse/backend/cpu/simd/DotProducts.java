package dev.obverse.backend.cpu.simd;

import dev.obverse.backend.MatmulSpec;
import dev.obverse.backend.cpu.Workers;
import dev.obverse.backend.cpu.conv.Scratch;
import java.util.Arrays;

/**
 * Products of few rows with a matrix stored by columns, such as a fully connected layer on a small batch: bound by
 * reading the right operand, so it is read once, in sequence and where it lies.
 */
final class DotProducts {
    private static final int L = Lanes.LENGTH;

    /** Rows and columns of a tile. */
    private static final int ROWS = 4;

    private static final int COLUMNS = 3;

    /** Inner dimension at a time: 64 rows of it take 512 KiB. */
    private static final int SLICE = 2048;

    /** Columns of a piece: the left operand is read once for all of them. */
    private static final int PIECE = 24;

    private DotProducts() {}

    /** As {@link Gemm#run} where {@code a} is not transposed and {@code b} is, or has one column. */
    static void run(MatmulSpec s, float[] a, float[] b, float[] c) {
        int across = (s.n() + PIECE - 1) / PIECE;
        Workers.run(s.batch() * across, i -> piece(s, i / across, i % across * PIECE, a, b, c));
    }

    private static void piece(MatmulSpec s, int product, int column, float[] a, float[] b, float[] c) {
        int m = s.m();
        int k = s.k();
        int ao = s.broadcastA() ? 0 : product * m * k;
        int bo = s.broadcastB() ? 0 : product * k * s.n();
        int co = product * m * s.n();
        int last = Math.min(column + PIECE, s.n());
        var read = Scratch.ints(Scratch.READ, m + Lanes.TALLEST);
        for (int i = 0; i < m; i++) {
            read[i] = ao + i * k;
        }
        Arrays.fill(read, m, m + Lanes.TALLEST, read[m - 1]);
        var lanes = Scratch.floats(Scratch.TILE, ROWS * COLUMNS * L);
        for (int from = 0; from < k; from += SLICE) {
            int length = Math.min(SLICE, k - from);
            for (int j = column; j < last; j += COLUMNS) {
                int b0 = bo + j * k + from;
                int b1 = j + 1 < last ? b0 + k : b0;
                int b2 = j + 2 < last ? b1 + k : b0;
                for (int i = 0; i < m; i += ROWS) {
                    DotTile4x3.run(a, from, read, i, length, b, b0, b1, b2, lanes, true);
                    store(lanes, m - i, last - j, c, co + i * s.n() + j, s.n(), from == 0);
                }
            }
        }
    }

    private static void store(float[] lanes, int rows, int columns, float[] c, int co, int ldc, boolean first) {
        for (int i = 0; i < Math.min(rows, ROWS); i++) {
            for (int j = 0; j < Math.min(columns, COLUMNS); j++) {
                float sum = DotTile4x3.sum(lanes, i * COLUMNS + j);
                int o = co + i * ldc + j;
                c[o] = first ? sum : c[o] + sum;
            }
        }
    }
}
