package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * 12 rows by two vectors of products, for an operand whose inner dimension is contiguous: {@link RowTiles} explains the
 * arguments. 24 sums, two weights and a scalar leave a few of 32 registers free: with 28 sums C2 spills some of them,
 * as the shape of the code around the loop has it.
 */
final class RowTile12x2 {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private RowTile12x2() {}

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
            var z0 = fromArray(F, bias, bi);
            var z1 = fromArray(F, bias, bi + L);
            s0_0 = z0;
            s0_1 = z1;
            s1_0 = z0;
            s1_1 = z1;
            s2_0 = z0;
            s2_1 = z1;
            s3_0 = z0;
            s3_1 = z1;
            s4_0 = z0;
            s4_1 = z1;
            s5_0 = z0;
            s5_1 = z1;
            s6_0 = z0;
            s6_1 = z1;
            s7_0 = z0;
            s7_1 = z1;
            s8_0 = z0;
            s8_1 = z1;
            s9_0 = z0;
            s9_1 = z1;
            s10_0 = z0;
            s10_1 = z1;
            s11_0 = z0;
            s11_1 = z1;
        } else {
            s0_0 = fromArray(F, c, c0);
            s0_1 = fromArray(F, c, c0 + L);
            s1_0 = fromArray(F, c, c1);
            s1_1 = fromArray(F, c, c1 + L);
            s2_0 = fromArray(F, c, c2);
            s2_1 = fromArray(F, c, c2 + L);
            s3_0 = fromArray(F, c, c3);
            s3_1 = fromArray(F, c, c3 + L);
            s4_0 = fromArray(F, c, c4);
            s4_1 = fromArray(F, c, c4 + L);
            s5_0 = fromArray(F, c, c5);
            s5_1 = fromArray(F, c, c5 + L);
            s6_0 = fromArray(F, c, c6);
            s6_1 = fromArray(F, c, c6 + L);
            s7_0 = fromArray(F, c, c7);
            s7_1 = fromArray(F, c, c7 + L);
            s8_0 = fromArray(F, c, c8);
            s8_1 = fromArray(F, c, c8 + L);
            s9_0 = fromArray(F, c, c9);
            s9_1 = fromArray(F, c, c9 + L);
            s10_0 = fromArray(F, c, c10);
            s10_1 = fromArray(F, c, c10 + L);
            s11_0 = fromArray(F, c, c11);
            s11_1 = fromArray(F, c, c11 + L);
        }
        for (int i = 0; i < length; i++) {
            var w0 = fromArray(F, b, bo + i * 2 * L);
            var w1 = fromArray(F, b, bo + i * 2 * L + L);
            var x0 = broadcast(F, a[a0 + i]);
            s0_0 = x0.fma(w0, s0_0);
            s0_1 = x0.fma(w1, s0_1);
            var x1 = broadcast(F, a[a1 + i]);
            s1_0 = x1.fma(w0, s1_0);
            s1_1 = x1.fma(w1, s1_1);
            var x2 = broadcast(F, a[a2 + i]);
            s2_0 = x2.fma(w0, s2_0);
            s2_1 = x2.fma(w1, s2_1);
            var x3 = broadcast(F, a[a3 + i]);
            s3_0 = x3.fma(w0, s3_0);
            s3_1 = x3.fma(w1, s3_1);
            var x4 = broadcast(F, a[a4 + i]);
            s4_0 = x4.fma(w0, s4_0);
            s4_1 = x4.fma(w1, s4_1);
            var x5 = broadcast(F, a[a5 + i]);
            s5_0 = x5.fma(w0, s5_0);
            s5_1 = x5.fma(w1, s5_1);
            var x6 = broadcast(F, a[a6 + i]);
            s6_0 = x6.fma(w0, s6_0);
            s6_1 = x6.fma(w1, s6_1);
            var x7 = broadcast(F, a[a7 + i]);
            s7_0 = x7.fma(w0, s7_0);
            s7_1 = x7.fma(w1, s7_1);
            var x8 = broadcast(F, a[a8 + i]);
            s8_0 = x8.fma(w0, s8_0);
            s8_1 = x8.fma(w1, s8_1);
            var x9 = broadcast(F, a[a9 + i]);
            s9_0 = x9.fma(w0, s9_0);
            s9_1 = x9.fma(w1, s9_1);
            var x10 = broadcast(F, a[a10 + i]);
            s10_0 = x10.fma(w0, s10_0);
            s10_1 = x10.fma(w1, s10_1);
            var x11 = broadcast(F, a[a11 + i]);
            s11_0 = x11.fma(w0, s11_0);
            s11_1 = x11.fma(w1, s11_1);
        }
        s0_0.intoArray(c, c0);
        s0_1.intoArray(c, c0 + L);
        s1_0.intoArray(c, c1);
        s1_1.intoArray(c, c1 + L);
        s2_0.intoArray(c, c2);
        s2_1.intoArray(c, c2 + L);
        s3_0.intoArray(c, c3);
        s3_1.intoArray(c, c3 + L);
        s4_0.intoArray(c, c4);
        s4_1.intoArray(c, c4 + L);
        s5_0.intoArray(c, c5);
        s5_1.intoArray(c, c5 + L);
        s6_0.intoArray(c, c6);
        s6_1.intoArray(c, c6 + L);
        s7_0.intoArray(c, c7);
        s7_1.intoArray(c, c7 + L);
        s8_0.intoArray(c, c8);
        s8_1.intoArray(c, c8 + L);
        s9_0.intoArray(c, c9);
        s9_1.intoArray(c, c9 + L);
        s10_0.intoArray(c, c10);
        s10_1.intoArray(c, c10 + L);
        s11_0.intoArray(c, c11);
        s11_1.intoArray(c, c11 + L);
    }
}
