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
    private static final int COLUMNS = DotTiles.COLUMNS;

    /** Columns of a piece: the left operand is read once for all of them. */
    private static final int PIECE = 24;

    /** Inner dimension at a time: long, for memory delivers long runs of the right operand fastest. */
    private static final int SLICE = 4096;

    private DotProducts() {}

    /** As {@link Gemm#run} where {@code a} is not transposed and {@code b} is, or has one column. */
    static void run(MatmulSpec s, float[] a, float[] b, float[] c, boolean add) {
        int across = (s.n() + PIECE - 1) / PIECE;
        int slice = Math.min(s.k(), SLICE);
        var steps = new int[(slice + L - 1) / L];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = i * L;
        }
        Workers.run(s.batch() * across, i -> piece(s, i / across, i % across * PIECE, slice, steps, a, b, c, add));
    }

    private static void piece(
            MatmulSpec s,
            int product,
            int column,
            int slice,
            int[] steps,
            float[] a,
            float[] b,
            float[] c,
            boolean add) {
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
        var lanes = DotTiles.lanes();
        for (int from = 0; from < k; from += slice) {
            int length = Math.min(slice, k - from);
            int full = length / L;
            int tail = length % L;
            int tails = tail == 0 ? 0 : 1;
            for (int i = 0; i < m; ) {
                int height = DotTiles.height(m - i);
                for (int j = column; j < last; j += COLUMNS) {
                    int b0 = bo + j * k + from;
                    int b1 = bo + Math.min(j + 1, last - 1) * k + from;
                    int b2 = bo + Math.min(j + 2, last - 1) * k + from;
                    DotTiles.run(height, a, from, read, i, steps, full, tails, tail, b, b0, b1, b2, lanes);
                    store(lanes, Math.min(height, m - i), last - j, c, co + i * s.n() + j, s.n(), from == 0 && !add);
                }
                i += height;
            }
        }
    }

    private static void store(float[] lanes, int rows, int columns, float[] c, int co, int ldc, boolean first) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < Math.min(columns, COLUMNS); j++) {
                float sum = lanes[i * COLUMNS + j];
                int o = co + i * ldc + j;
                c[o] = first ? sum : c[o] + sum;
            }
        }
    }
}
