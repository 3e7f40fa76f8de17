package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.VectorSpecies;

/**
 * Adds multiples of 4 rows of the right operand to 4, 2 or 1 rows of the result: the scalars stay in registers while
 * the rows pass by, so the right operand is read in runs as long as a row, straight from where it lies.
 */
final class AddedRows {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private AddedRows() {}

    /**
     * {@code c[i][j] += sum over q < 4 of a[i][q] * b[q][j]} for 4 rows {@code i}, {@code width} long and as far apart;
     * {@code a[i][q]} is at {@code ao + i*lda + q*step}.
     */
    static void four(float[] a, int ao, int lda, int step, float[] b, int bo, int ldb, float[] c, int co, int width) {
        int a1 = ao + lda;
        int a2 = ao + 2 * lda;
        int a3 = ao + 3 * lda;
        var x00 = broadcast(F, a[ao]);
        var x01 = broadcast(F, a[ao + step]);
        var x02 = broadcast(F, a[ao + 2 * step]);
        var x03 = broadcast(F, a[ao + 3 * step]);
        var x10 = broadcast(F, a[a1]);
        var x11 = broadcast(F, a[a1 + step]);
        var x12 = broadcast(F, a[a1 + 2 * step]);
        var x13 = broadcast(F, a[a1 + 3 * step]);
        var x20 = broadcast(F, a[a2]);
        var x21 = broadcast(F, a[a2 + step]);
        var x22 = broadcast(F, a[a2 + 2 * step]);
        var x23 = broadcast(F, a[a2 + 3 * step]);
        var x30 = broadcast(F, a[a3]);
        var x31 = broadcast(F, a[a3 + step]);
        var x32 = broadcast(F, a[a3 + 2 * step]);
        var x33 = broadcast(F, a[a3 + 3 * step]);
        int whole = F.loopBound(width);
        for (int j = 0; j < whole; j += L) {
            int o = bo + j;
            var w0 = fromArray(F, b, o);
            var w1 = fromArray(F, b, o + ldb);
            var w2 = fromArray(F, b, o + 2 * ldb);
            var w3 = fromArray(F, b, o + 3 * ldb);
            int t = co + j;
            x03.fma(w3, x02.fma(w2, x01.fma(w1, x00.fma(w0, fromArray(F, c, t)))))
                    .intoArray(c, t);
            t += width;
            x13.fma(w3, x12.fma(w2, x11.fma(w1, x10.fma(w0, fromArray(F, c, t)))))
                    .intoArray(c, t);
            t += width;
            x23.fma(w3, x22.fma(w2, x21.fma(w1, x20.fma(w0, fromArray(F, c, t)))))
                    .intoArray(c, t);
            t += width;
            x33.fma(w3, x32.fma(w2, x31.fma(w1, x30.fma(w0, fromArray(F, c, t)))))
                    .intoArray(c, t);
        }
        for (int i = 0; i < 4; i++) {
            tail(a, ao + i * lda, step, b, bo, ldb, c, co + i * width, whole, width);
        }
    }

    /** As {@link #four} for two rows, whose scalars follow each other. */
    static void two(float[] a, int ao, int lda, float[] b, int bo, int ldb, float[] c, int co, int width) {
        int a1 = ao + lda;
        var x00 = broadcast(F, a[ao]);
        var x01 = broadcast(F, a[ao + 1]);
        var x02 = broadcast(F, a[ao + 2]);
        var x03 = broadcast(F, a[ao + 3]);
        var x10 = broadcast(F, a[a1]);
        var x11 = broadcast(F, a[a1 + 1]);
        var x12 = broadcast(F, a[a1 + 2]);
        var x13 = broadcast(F, a[a1 + 3]);
        int whole = F.loopBound(width);
        for (int j = 0; j < whole; j += L) {
            int o = bo + j;
            var w0 = fromArray(F, b, o);
            var w1 = fromArray(F, b, o + ldb);
            var w2 = fromArray(F, b, o + 2 * ldb);
            var w3 = fromArray(F, b, o + 3 * ldb);
            int t = co + j;
            x03.fma(w3, x02.fma(w2, x01.fma(w1, x00.fma(w0, fromArray(F, c, t)))))
                    .intoArray(c, t);
            t += width;
            x13.fma(w3, x12.fma(w2, x11.fma(w1, x10.fma(w0, fromArray(F, c, t)))))
                    .intoArray(c, t);
        }
        tail(a, ao, 1, b, bo, ldb, c, co, whole, width);
        tail(a, a1, 1, b, bo, ldb, c, co + width, whole, width);
    }

    /** As {@link #two} for a single row. */
    static void one(float[] a, int ao, float[] b, int bo, int ldb, float[] c, int co, int width) {
        var x0 = broadcast(F, a[ao]);
        var x1 = broadcast(F, a[ao + 1]);
        var x2 = broadcast(F, a[ao + 2]);
        var x3 = broadcast(F, a[ao + 3]);
        int whole = F.loopBound(width);
        for (int j = 0; j < whole; j += L) {
            int o = bo + j;
            x3.fma(
                            fromArray(F, b, o + 3 * ldb),
                            x2.fma(
                                    fromArray(F, b, o + 2 * ldb),
                                    x1.fma(
                                            fromArray(F, b, o + ldb),
                                            x0.fma(fromArray(F, b, o), fromArray(F, c, co + j)))))
                    .intoArray(c, co + j);
        }
        tail(a, ao, 1, b, bo, ldb, c, co, whole, width);
    }

    private static void tail(
            float[] a, int ao, int step, float[] b, int bo, int ldb, float[] c, int co, int from, int width) {
        for (int j = from; j < width; j++) {
            for (int q = 0; q < 4; q++) {
                c[co + j] = Math.fma(a[ao + q * step], b[bo + q * ldb + j], c[co + j]);
            }
        }
    }
}
