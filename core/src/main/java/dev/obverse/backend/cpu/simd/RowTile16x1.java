package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * 16 rows by one vector of products, for an operand whose inner dimension is contiguous: {@link RowTiles} explains the
 * arguments. It serves results of at most one vector of columns.
 */
final class RowTile16x1 {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private RowTile16x1() {}

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
        int a8 = base + rows[r + 8];
        int a9 = base + rows[r + 9];
        int a10 = base + rows[r + 10];
        int a11 = base + rows[r + 11];
        int a12 = base + rows[r + 12];
        int a13 = base + rows[r + 13];
        int a14 = base + rows[r + 14];
        int a15 = base + rows[r + 15];
        int c0 = co + out[r];
        int c1 = co + out[r + 1];
        int c2 = co + out[r + 2];
        int c3 = co + out[r + 3];
        int c4 = co + out[r + 4];
        int c5 = co + out[r + 5];
        int c6 = co + out[r + 6];
        int c7 = co + out[r + 7];
        int c8 = co + out[r + 8];
        int c9 = co + out[r + 9];
        int c10 = co + out[r + 10];
        int c11 = co + out[r + 11];
        int c12 = co + out[r + 12];
        int c13 = co + out[r + 13];
        int c14 = co + out[r + 14];
        int c15 = co + out[r + 15];
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
            var z0 = fromArray(F, bias, bi);
            s0_0 = z0;
            s1_0 = z0;
            s2_0 = z0;
            s3_0 = z0;
            s4_0 = z0;
            s5_0 = z0;
            s6_0 = z0;
            s7_0 = z0;
            s8_0 = z0;
            s9_0 = z0;
            s10_0 = z0;
            s11_0 = z0;
            s12_0 = z0;
            s13_0 = z0;
            s14_0 = z0;
            s15_0 = z0;
        } else {
            s0_0 = fromArray(F, c, c0);
            s1_0 = fromArray(F, c, c1);
            s2_0 = fromArray(F, c, c2);
            s3_0 = fromArray(F, c, c3);
            s4_0 = fromArray(F, c, c4);
            s5_0 = fromArray(F, c, c5);
            s6_0 = fromArray(F, c, c6);
            s7_0 = fromArray(F, c, c7);
            s8_0 = fromArray(F, c, c8);
            s9_0 = fromArray(F, c, c9);
            s10_0 = fromArray(F, c, c10);
            s11_0 = fromArray(F, c, c11);
            s12_0 = fromArray(F, c, c12);
            s13_0 = fromArray(F, c, c13);
            s14_0 = fromArray(F, c, c14);
            s15_0 = fromArray(F, c, c15);
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
            var x8 = broadcast(F, a[a8 + i]);
            s8_0 = x8.fma(w0, s8_0);
            var x9 = broadcast(F, a[a9 + i]);
            s9_0 = x9.fma(w0, s9_0);
            var x10 = broadcast(F, a[a10 + i]);
            s10_0 = x10.fma(w0, s10_0);
            var x11 = broadcast(F, a[a11 + i]);
            s11_0 = x11.fma(w0, s11_0);
            var x12 = broadcast(F, a[a12 + i]);
            s12_0 = x12.fma(w0, s12_0);
            var x13 = broadcast(F, a[a13 + i]);
            s13_0 = x13.fma(w0, s13_0);
            var x14 = broadcast(F, a[a14 + i]);
            s14_0 = x14.fma(w0, s14_0);
            var x15 = broadcast(F, a[a15 + i]);
            s15_0 = x15.fma(w0, s15_0);
        }
        s0_0.intoArray(c, c0);
        s1_0.intoArray(c, c1);
        s2_0.intoArray(c, c2);
        s3_0.intoArray(c, c3);
        s4_0.intoArray(c, c4);
        s5_0.intoArray(c, c5);
        s6_0.intoArray(c, c6);
        s7_0.intoArray(c, c7);
        s8_0.intoArray(c, c8);
        s9_0.intoArray(c, c9);
        s10_0.intoArray(c, c10);
        s11_0.intoArray(c, c11);
        s12_0.intoArray(c, c12);
        s13_0.intoArray(c, c13);
        s14_0.intoArray(c, c14);
        s15_0.intoArray(c, c15);
    }
}
