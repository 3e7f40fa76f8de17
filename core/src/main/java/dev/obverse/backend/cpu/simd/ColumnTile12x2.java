package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * 12 rows by two vectors of products, for an operand whose rows lie side by side: {@link ColumnTiles} explains the
 * arguments. 24 sums, two weights and a scalar leave a few of 32 registers free: with 28 sums C2 spills some of them,
 * as the shape of the code around the loop has it.
 */
final class ColumnTile12x2 {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private ColumnTile12x2() {}

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
        FloatVector s0_1;
        FloatVector s1_0;
        FloatVector s1_1;
        FloatVector s2_0;
        FloatVector s2_1;
        FloatVector s3_0;
        FloatVector s3_1;
        FloatVector s4_0;
        FloatVector s4_1;
        FloatVector s5_0;
        FloatVector s5_1;
        FloatVector s6_0;
        FloatVector s6_1;
        FloatVector s7_0;
        FloatVector s7_1;
        FloatVector s8_0;
        FloatVector s8_1;
        FloatVector s9_0;
        FloatVector s9_1;
        FloatVector s10_0;
        FloatVector s10_1;
        FloatVector s11_0;
        FloatVector s11_1;
        if (first) {
            var zero = FloatVector.zero(F);
            s0_0 = zero;
            s0_1 = zero;
            s1_0 = zero;
            s1_1 = zero;
            s2_0 = zero;
            s2_1 = zero;
            s3_0 = zero;
            s3_1 = zero;
            s4_0 = zero;
            s4_1 = zero;
            s5_0 = zero;
            s5_1 = zero;
            s6_0 = zero;
            s6_1 = zero;
            s7_0 = zero;
            s7_1 = zero;
            s8_0 = zero;
            s8_1 = zero;
            s9_0 = zero;
            s9_1 = zero;
            s10_0 = zero;
            s10_1 = zero;
            s11_0 = zero;
            s11_1 = zero;
        } else {
            s0_0 = fromArray(F, c, co);
            s0_1 = fromArray(F, c, co + L);
            s1_0 = fromArray(F, c, co + ldc);
            s1_1 = fromArray(F, c, co + ldc + L);
            s2_0 = fromArray(F, c, co + 2 * ldc);
            s2_1 = fromArray(F, c, co + 2 * ldc + L);
            s3_0 = fromArray(F, c, co + 3 * ldc);
            s3_1 = fromArray(F, c, co + 3 * ldc + L);
            s4_0 = fromArray(F, c, co + 4 * ldc);
            s4_1 = fromArray(F, c, co + 4 * ldc + L);
            s5_0 = fromArray(F, c, co + 5 * ldc);
            s5_1 = fromArray(F, c, co + 5 * ldc + L);
            s6_0 = fromArray(F, c, co + 6 * ldc);
            s6_1 = fromArray(F, c, co + 6 * ldc + L);
            s7_0 = fromArray(F, c, co + 7 * ldc);
            s7_1 = fromArray(F, c, co + 7 * ldc + L);
            s8_0 = fromArray(F, c, co + 8 * ldc);
            s8_1 = fromArray(F, c, co + 8 * ldc + L);
            s9_0 = fromArray(F, c, co + 9 * ldc);
            s9_1 = fromArray(F, c, co + 9 * ldc + L);
            s10_0 = fromArray(F, c, co + 10 * ldc);
            s10_1 = fromArray(F, c, co + 10 * ldc + L);
            s11_0 = fromArray(F, c, co + 11 * ldc);
            s11_1 = fromArray(F, c, co + 11 * ldc + L);
        }
        for (int i = 0; i < length; i++) {
            int ia = ao + steps[from + i];
            var w0 = fromArray(F, b, bo + i * 2 * L);
            var w1 = fromArray(F, b, bo + i * 2 * L + L);
            var x0 = broadcast(F, a[ia]);
            s0_0 = x0.fma(w0, s0_0);
            s0_1 = x0.fma(w1, s0_1);
            var x1 = broadcast(F, a[ia + 1]);
            s1_0 = x1.fma(w0, s1_0);
            s1_1 = x1.fma(w1, s1_1);
            var x2 = broadcast(F, a[ia + 2]);
            s2_0 = x2.fma(w0, s2_0);
            s2_1 = x2.fma(w1, s2_1);
            var x3 = broadcast(F, a[ia + 3]);
            s3_0 = x3.fma(w0, s3_0);
            s3_1 = x3.fma(w1, s3_1);
            var x4 = broadcast(F, a[ia + 4]);
            s4_0 = x4.fma(w0, s4_0);
            s4_1 = x4.fma(w1, s4_1);
            var x5 = broadcast(F, a[ia + 5]);
            s5_0 = x5.fma(w0, s5_0);
            s5_1 = x5.fma(w1, s5_1);
            var x6 = broadcast(F, a[ia + 6]);
            s6_0 = x6.fma(w0, s6_0);
            s6_1 = x6.fma(w1, s6_1);
            var x7 = broadcast(F, a[ia + 7]);
            s7_0 = x7.fma(w0, s7_0);
            s7_1 = x7.fma(w1, s7_1);
            var x8 = broadcast(F, a[ia + 8]);
            s8_0 = x8.fma(w0, s8_0);
            s8_1 = x8.fma(w1, s8_1);
            var x9 = broadcast(F, a[ia + 9]);
            s9_0 = x9.fma(w0, s9_0);
            s9_1 = x9.fma(w1, s9_1);
            var x10 = broadcast(F, a[ia + 10]);
            s10_0 = x10.fma(w0, s10_0);
            s10_1 = x10.fma(w1, s10_1);
            var x11 = broadcast(F, a[ia + 11]);
            s11_0 = x11.fma(w0, s11_0);
            s11_1 = x11.fma(w1, s11_1);
        }
        s0_0.intoArray(c, co);
        s0_1.intoArray(c, co + L);
        s1_0.intoArray(c, co + ldc);
        s1_1.intoArray(c, co + ldc + L);
        s2_0.intoArray(c, co + 2 * ldc);
        s2_1.intoArray(c, co + 2 * ldc + L);
        s3_0.intoArray(c, co + 3 * ldc);
        s3_1.intoArray(c, co + 3 * ldc + L);
        s4_0.intoArray(c, co + 4 * ldc);
        s4_1.intoArray(c, co + 4 * ldc + L);
        s5_0.intoArray(c, co + 5 * ldc);
        s5_1.intoArray(c, co + 5 * ldc + L);
        s6_0.intoArray(c, co + 6 * ldc);
        s6_1.intoArray(c, co + 6 * ldc + L);
        s7_0.intoArray(c, co + 7 * ldc);
        s7_1.intoArray(c, co + 7 * ldc + L);
        s8_0.intoArray(c, co + 8 * ldc);
        s8_1.intoArray(c, co + 8 * ldc + L);
        s9_0.intoArray(c, co + 9 * ldc);
        s9_1.intoArray(c, co + 9 * ldc + L);
        s10_0.intoArray(c, co + 10 * ldc);
        s10_1.intoArray(c, co + 10 * ldc + L);
        s11_0.intoArray(c, co + 11 * ldc);
        s11_1.intoArray(c, co + 11 * ldc + L);
    }
}
