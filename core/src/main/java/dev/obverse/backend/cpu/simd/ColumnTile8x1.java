package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * 8 rows by one vector of products, for an operand whose rows lie side by side: {@link ColumnTiles} explains the
 * arguments. It serves narrow results, and machines with 16 registers.
 */
final class ColumnTile8x1 {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private ColumnTile8x1() {}

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
        } else {
            s0_0 = fromArray(F, c, co);
            s1_0 = fromArray(F, c, co + ldc);
            s2_0 = fromArray(F, c, co + 2 * ldc);
            s3_0 = fromArray(F, c, co + 3 * ldc);
            s4_0 = fromArray(F, c, co + 4 * ldc);
            s5_0 = fromArray(F, c, co + 5 * ldc);
            s6_0 = fromArray(F, c, co + 6 * ldc);
            s7_0 = fromArray(F, c, co + 7 * ldc);
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
        }
        s0_0.intoArray(c, co);
        s1_0.intoArray(c, co + ldc);
        s2_0.intoArray(c, co + 2 * ldc);
        s3_0.intoArray(c, co + 3 * ldc);
        s4_0.intoArray(c, co + 4 * ldc);
        s5_0.intoArray(c, co + 5 * ldc);
        s6_0.intoArray(c, co + 6 * ldc);
        s7_0.intoArray(c, co + 7 * ldc);
    }
}
