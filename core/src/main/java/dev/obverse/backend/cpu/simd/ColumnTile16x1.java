package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * 16 rows by one vector of products, for an operand whose rows lie side by side: {@link ColumnTiles} explains the
 * arguments. It serves results of at most one vector of columns.
 */
final class ColumnTile16x1 {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private ColumnTile16x1() {}

    static void run(
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
        FloatVector s0_0;
        FloatVector s1_0;
        FloatVector s2_0;
        FloatVector s3_0;
        FloatVector s4_0;
        FloatVector s5_0;
        FloatVector s6_0;
        FloatVector s7_0;
        FloatVector s8_0;
        FloatVector s9_0;
        FloatVector s10_0;
        FloatVector s11_0;
        FloatVector s12_0;
        FloatVector s13_0;
        FloatVector s14_0;
        FloatVector s15_0;
        if (first) {
            var zero = FloatVector.zero(F);
            s0_0 = zero;
            s1_0 = zero;
            s2_0 = zero;
            s3_0 = zero;
            s4_0 = zero;
            s5_0 = zero;
            s6_0 = zero;
            s7_0 = zero;
            s8_0 = zero;
            s9_0 = zero;
            s10_0 = zero;
            s11_0 = zero;
            s12_0 = zero;
            s13_0 = zero;
            s14_0 = zero;
            s15_0 = zero;
        } else {
            s0_0 = fromArray(F, c, co);
            s1_0 = fromArray(F, c, co + ldc);
            s2_0 = fromArray(F, c, co + 2 * ldc);
            s3_0 = fromArray(F, c, co + 3 * ldc);
            s4_0 = fromArray(F, c, co + 4 * ldc);
            s5_0 = fromArray(F, c, co + 5 * ldc);
            s6_0 = fromArray(F, c, co + 6 * ldc);
            s7_0 = fromArray(F, c, co + 7 * ldc);
            s8_0 = fromArray(F, c, co + 8 * ldc);
            s9_0 = fromArray(F, c, co + 9 * ldc);
            s10_0 = fromArray(F, c, co + 10 * ldc);
            s11_0 = fromArray(F, c, co + 11 * ldc);
            s12_0 = fromArray(F, c, co + 12 * ldc);
            s13_0 = fromArray(F, c, co + 13 * ldc);
            s14_0 = fromArray(F, c, co + 14 * ldc);
            s15_0 = fromArray(F, c, co + 15 * ldc);
        }
        for (int i = 0; i < length; i++) {
            int ia = ao + steps[from + i];
            var w0 = fromArray(F, b, bo + i * L);
            var x0 = broadcast(F, a[ia]);
            s0_0 = x0.fma(w0, s0_0);
            var x1 = broadcast(F, a[ia + 1]);
            s1_0 = x1.fma(w0, s1_0);
            var x2 = broadcast(F, a[ia + 2]);
            s2_0 = x2.fma(w0, s2_0);
            var x3 = broadcast(F, a[ia + 3]);
            s3_0 = x3.fma(w0, s3_0);
            var x4 = broadcast(F, a[ia + 4]);
            s4_0 = x4.fma(w0, s4_0);
            var x5 = broadcast(F, a[ia + 5]);
            s5_0 = x5.fma(w0, s5_0);
            var x6 = broadcast(F, a[ia + 6]);
            s6_0 = x6.fma(w0, s6_0);
            var x7 = broadcast(F, a[ia + 7]);
            s7_0 = x7.fma(w0, s7_0);
            var x8 = broadcast(F, a[ia + 8]);
            s8_0 = x8.fma(w0, s8_0);
            var x9 = broadcast(F, a[ia + 9]);
            s9_0 = x9.fma(w0, s9_0);
            var x10 = broadcast(F, a[ia + 10]);
            s10_0 = x10.fma(w0, s10_0);
            var x11 = broadcast(F, a[ia + 11]);
            s11_0 = x11.fma(w0, s11_0);
            var x12 = broadcast(F, a[ia + 12]);
            s12_0 = x12.fma(w0, s12_0);
            var x13 = broadcast(F, a[ia + 13]);
            s13_0 = x13.fma(w0, s13_0);
            var x14 = broadcast(F, a[ia + 14]);
            s14_0 = x14.fma(w0, s14_0);
            var x15 = broadcast(F, a[ia + 15]);
            s15_0 = x15.fma(w0, s15_0);
        }
        s0_0.intoArray(c, co);
        s1_0.intoArray(c, co + ldc);
        s2_0.intoArray(c, co + 2 * ldc);
        s3_0.intoArray(c, co + 3 * ldc);
        s4_0.intoArray(c, co + 4 * ldc);
        s5_0.intoArray(c, co + 5 * ldc);
        s6_0.intoArray(c, co + 6 * ldc);
        s7_0.intoArray(c, co + 7 * ldc);
        s8_0.intoArray(c, co + 8 * ldc);
        s9_0.intoArray(c, co + 9 * ldc);
        s10_0.intoArray(c, co + 10 * ldc);
        s11_0.intoArray(c, co + 11 * ldc);
        s12_0.intoArray(c, co + 12 * ldc);
        s13_0.intoArray(c, co + 13 * ldc);
        s14_0.intoArray(c, co + 14 * ldc);
        s15_0.intoArray(c, co + 15 * ldc);
    }
}
