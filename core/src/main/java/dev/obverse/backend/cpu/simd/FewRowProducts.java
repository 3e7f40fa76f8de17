package dev.obverse.backend.cpu.simd;

import dev.obverse.backend.MatmulSpec;
import dev.obverse.backend.cpu.Workers;
import dev.obverse.backend.cpu.conv.Scratch;
import java.util.Arrays;

/**
 * Products of few rows with a matrix stored by rows, such as the gradient through a fully connected layer on a small
 * batch: bound by reading the right operand, so it is read once, in long runs and where it lies.
 */
final class FewRowProducts {
    /** Floats of the result in a piece: 32 KiB, which stay in the first-level cache while the right operand passes. */
    private static final int RESULT = 1 << 13;

    /** Most columns of a piece, and fewest: a shorter run does not reach memory's speed. */
    private static final int LONGEST = 2048;

    private static final int SHORTEST = 256;

    /** Pieces enough for many threads. */
    private static final int PIECES = 16;

    private FewRowProducts() {}

    /** As {@link Gemm#run} where neither operand is transposed. */
    static void run(MatmulSpec s, float[] a, float[] b, float[] c, boolean add) {
        int even = (s.n() / PIECES + Lanes.PANEL - 1) / Lanes.PANEL * Lanes.PANEL;
        int most = Math.clamp(RESULT / s.m(), SHORTEST, LONGEST);
        int columns = Math.min(s.n(), Math.clamp(even, SHORTEST, most));
        int across = (s.n() + columns - 1) / columns;
        Workers.run(s.batch() * across, i -> {
            int column = i % across * columns;
            piece(s, i / across, column, Math.min(columns, s.n() - column), a, b, c, add);
        });
    }

    private static void piece(
            MatmulSpec s, int product, int column, int width, float[] a, float[] b, float[] c, boolean add) {
        int ao = s.broadcastA() ? 0 : product * s.m() * s.k();
        int bo = (s.broadcastB() ? 0 : product * s.k() * s.n()) + column;
        int m = s.m();
        int n = s.n();
        // Rows of the result itself are often a power of two apart: all in the same few sets of the cache.
        var sums = Scratch.floats(Scratch.TILE, (long) m * width);
        for (int i = 0; i < m; i++) {
            if (add) {
                System.arraycopy(c, (product * m + i) * n + column, sums, i * width, width);
            } else {
                Arrays.fill(sums, i * width, (i + 1) * width, 0f);
            }
        }
        int whole = s.k() / 4 * 4;
        for (int q = 0; q < whole; q += 4) {
            int from = bo + q * n;
            for (int i = 0; i < m; ) {
                int left = ao + i * s.k() + q;
                int rows = m - i >= 4 ? 4 : m - i >= 2 ? 2 : 1;
                switch (rows) {
                    case 4 -> AddedRows.four(a, left, s.k(), 1, b, from, n, sums, i * width, width);
                    case 2 -> AddedRows.two(a, left, s.k(), b, from, n, sums, i * width, width);
                    default -> AddedRows.one(a, left, b, from, n, sums, i * width, width);
                }
                i += rows;
            }
        }
        for (int q = whole; q < s.k(); q++) {
            for (int i = 0; i < m; i++) {
                float x = a[ao + i * s.k() + q];
                for (int j = 0; j < width; j++) {
                    sums[i * width + j] = Math.fma(x, b[bo + q * n + j], sums[i * width + j]);
                }
            }
        }
        for (int i = 0; i < m; i++) {
            System.arraycopy(sums, i * width, c, (product * m + i) * n + column, width);
        }
    }
}
