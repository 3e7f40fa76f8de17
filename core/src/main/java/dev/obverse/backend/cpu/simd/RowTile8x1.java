package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * 8 rows by one vector of products, for an operand whose inner dimension is contiguous: {@link RowTiles} explains the
 * arguments. It serves narrow results, and machines with 16 registers.
 */
final class RowTile8x1 {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private RowTile8x1() {}

    static void run(
            float[] a,
            int base,
            int[] rows,
            int r,
            int length,
            float[] b,
            int bo,
            float[] c,
            int[] out,
            int co,
            float[] bias,
            int bi,
            boolean first) {
        int a0 = base + rows[r];
        int a1 = base + rows[r + 1];
        int a2 = base + rows[r + 2];
        int a3 = base + rows[r + 3];
        int a4 = base + rows[r + 4];
        int a5 = base + rows[r + 5];
        int a6 = base + rows[r + 6];
        int a7 = base + rows[r + 7];
        int c0 = co + out[r];
        int c1 = co + out[r + 1];
        int c2 = co + out[r + 2];
        int c3 = co + out[r + 3];
        int c4 = co + out[r + 4];
        int c5 = co + out[r + 5];
        int c6 = co + out[r + 6];
        int c7 = co + out[r + 7];
        FloatVector s0_0;
        FloatVector s1_0;
        FloatVector s2_0;
        FloatVector s3_0;
        FloatVector s4_0;
        FloatVector s5_0;
        FloatVector s6_0;
        FloatVector s7_0;
        if (first) {
            var z0 = fromArray(F, bias, bi);
            s0_0 = z0;
            s1_0 = z0;
            s2_0 = z0;
            s3_0 = z0;
            s4_0 = z0;
            s5_0 = z0;
            s6_0 = z0;
            s7_0 = z0;
        } else {
            s0_0 = fromArray(F, c, c0);
            s1_0 = fromArray(F, c, c1);
            s2_0 = fromArray(F, c, c2);
            s3_0 = fromArray(F, c, c3);
            s4_0 = fromArray(F, c, c4);
            s5_0 = fromArray(F, c, c5);
            s6_0 = fromArray(F, c, c6);
            s7_0 = fromArray(F, c, c7);
        }
        for (int i = 0; i < length; i++) {
            var w0 = fromArray(F, b, bo + i * L);
            var x0 = broadcast(F, a[a0 + i]);
            s0_0 = x0.fma(w0, s0_0);
            var x1 = broadcast(F, a[a1 + i]);
            s1_0 = x1.fma(w0, s1_0);
            var x2 = broadcast(F, a[a2 + i]);
            s2_0 = x2.fma(w0, s2_0);
            var x3 = broadcast(F, a[a3 + i]);
            s3_0 = x3.fma(w0, s3_0);
            var x4 = broadcast(F, a[a4 + i]);
            s4_0 = x4.fma(w0, s4_0);
            var x5 = broadcast(F, a[a5 + i]);
            s5_0 = x5.fma(w0, s5_0);
            var x6 = broadcast(F, a[a6 + i]);
            s6_0 = x6.fma(w0, s6_0);
            var x7 = broadcast(F, a[a7 + i]);
            s7_0 = x7.fma(w0, s7_0);
        }
        s0_0.intoArray(c, c0);
        s1_0.intoArray(c, c1);
        s2_0.intoArray(c, c2);
        s3_0.intoArray(c, c3);
        s4_0.intoArray(c, c4);
        s5_0.intoArray(c, c5);
        s6_0.intoArray(c, c6);
        s7_0.intoArray(c, c7);
    }
}
