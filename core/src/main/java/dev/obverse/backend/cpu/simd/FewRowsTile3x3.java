package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.VectorSpecies;

/**
 * 3 rows by three vectors of products over pixels, for the weight gradient of a layer with a handful of output
 * channels: the rows are its output channels, and the vectors run along a window of the image, which is read where it
 * lies.
 */
final class FewRowsTile3x3 {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private FewRowsTile3x3() {}

    /**
     * Adds to 3 rows of {@code c}, {@code ldc} apart, the sum over {@code length} steps of the 3 scalars at {@code a[ao
     * + 3*i]} times the vectors at {@code b[bo + i*step]}.
     */
    static void run(float[] a, int ao, int length, float[] b, int bo, int step, float[] c, int co, int ldc) {
        var s0_0 = fromArray(F, c, co);
        var s0_1 = fromArray(F, c, co + L);
        var s0_2 = fromArray(F, c, co + 2 * L);
        var s1_0 = fromArray(F, c, co + ldc);
        var s1_1 = fromArray(F, c, co + ldc + L);
        var s1_2 = fromArray(F, c, co + ldc + 2 * L);
        var s2_0 = fromArray(F, c, co + 2 * ldc);
        var s2_1 = fromArray(F, c, co + 2 * ldc + L);
        var s2_2 = fromArray(F, c, co + 2 * ldc + 2 * L);
        int ib = bo;
        for (int i = 0; i < length; i++) {
            var w0 = fromArray(F, b, ib);
            var w1 = fromArray(F, b, ib + L);
            var w2 = fromArray(F, b, ib + 2 * L);
            var x0 = broadcast(F, a[ao + i * 3]);
            s0_0 = x0.fma(w0, s0_0);
            s0_1 = x0.fma(w1, s0_1);
            s0_2 = x0.fma(w2, s0_2);
            var x1 = broadcast(F, a[ao + i * 3 + 1]);
            s1_0 = x1.fma(w0, s1_0);
            s1_1 = x1.fma(w1, s1_1);
            s1_2 = x1.fma(w2, s1_2);
            var x2 = broadcast(F, a[ao + i * 3 + 2]);
            s2_0 = x2.fma(w0, s2_0);
            s2_1 = x2.fma(w1, s2_1);
            s2_2 = x2.fma(w2, s2_2);
            ib += step;
        }
        s0_0.intoArray(c, co);
        s0_1.intoArray(c, co + L);
        s0_2.intoArray(c, co + 2 * L);
        s1_0.intoArray(c, co + ldc);
        s1_1.intoArray(c, co + ldc + L);
        s1_2.intoArray(c, co + ldc + 2 * L);
        s2_0.intoArray(c, co + 2 * ldc);
        s2_1.intoArray(c, co + 2 * ldc + L);
        s2_2.intoArray(c, co + 2 * ldc + 2 * L);
    }
}
