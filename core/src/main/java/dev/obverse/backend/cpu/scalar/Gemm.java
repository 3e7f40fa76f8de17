package dev.obverse.backend.cpu.scalar;

import dev.obverse.backend.MatmulSpec;
import dev.obverse.backend.cpu.Workers;
import java.util.Arrays;

/** Products of dense matrices by plain loops whose inner one runs along rows of the result. */
public final class Gemm {
    /** Rows of the result that one piece of work computes. */
    private static final int ROWS = 16;

    private Gemm() {}

    /**
     * {@code c[i] = op(a[i]) op(b[i])}, or {@code +=}, for every product of the batch.
     *
     * @param a {@code [batch,m,k]}, {@code [batch,k,m]} if transposed, without batch if broadcast
     * @param b {@code [batch,k,n]}, {@code [batch,n,k]} if transposed, without batch if broadcast
     * @param c {@code [batch,m,n]}, overwritten or added to
     */
    public static void run(MatmulSpec s, float[] a, float[] b, float[] c, boolean add) {
        int blocks = (s.m() + ROWS - 1) / ROWS;
        Workers.run(s.batch() * blocks, piece -> {
            int product = piece / blocks;
            int ao = s.broadcastA() ? 0 : product * s.m() * s.k();
            int bo = s.broadcastB() ? 0 : product * s.k() * s.n();
            int first = piece % blocks * ROWS;
            for (int row = first; row < Math.min(first + ROWS, s.m()); row++) {
                int co = (product * s.m() + row) * s.n();
                if (!add) {
                    Arrays.fill(c, co, co + s.n(), 0f);
                }
                row(s, row, a, ao, b, bo, c, co);
            }
        });
    }

    /** Adds one row of a product. */
    private static void row(MatmulSpec s, int row, float[] a, int ao, float[] b, int bo, float[] c, int co) {
        int stepA = s.transposeA() ? s.m() : 1;
        int startA = ao + (s.transposeA() ? row : row * s.k());
        if (s.transposeB()) {
            for (int j = 0; j < s.n(); j++) {
                c[co + j] += dot(a, startA, stepA, b, bo + j * s.k(), s.k());
            }
            return;
        }
        for (int k = 0; k < s.k(); k++) {
            addScaled(a[startA + k * stepA], b, bo + k * s.n(), c, co, s.n());
        }
    }

    private static float dot(float[] a, int ao, int stepA, float[] b, int bo, int n) {
        float sum = 0;
        for (int i = 0; i < n; i++) {
            sum += a[ao + i * stepA] * b[bo + i];
        }
        return sum;
    }

    private static void addScaled(float factor, float[] b, int bo, float[] c, int co, int n) {
        for (int i = 0; i < n; i++) {
            c[co + i] += factor * b[bo + i];
        }
    }
}
