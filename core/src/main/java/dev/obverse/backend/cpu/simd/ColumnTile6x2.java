package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * 6 rows by two vectors of products, for an operand whose rows lie side by side: {@link ColumnTiles} explains the
 * arguments. It is the largest tile that fits the 16 registers of AVX2.
 */
final class ColumnTile6x2 {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private ColumnTile6x2() {}

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
    }
}
