package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Inner products of 8 rows with 3 rows: {@link DotTiles} explains the arguments. 24 sums and four operands fit 32
 * registers.
 */
final class DotTile8x3 {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private DotTile8x3() {}

    static void run(
            float[] a,
            int base,
            int[] rows,
            int r,
            int[] steps,
            int full,
            float[] b,
            int b0,
            int b1,
            int b2,
            float[] lanes) {
        int a0 = base + rows[r];
        int a1 = base + rows[r + 1];
        int a2 = base + rows[r + 2];
        int a3 = base + rows[r + 3];
        int a4 = base + rows[r + 4];
        int a5 = base + rows[r + 5];
        int a6 = base + rows[r + 6];
        int a7 = base + rows[r + 7];
        var s0_0 = FloatVector.zero(F);
        var s0_1 = FloatVector.zero(F);
        var s0_2 = FloatVector.zero(F);
        var s1_0 = FloatVector.zero(F);
        var s1_1 = FloatVector.zero(F);
        var s1_2 = FloatVector.zero(F);
        var s2_0 = FloatVector.zero(F);
        var s2_1 = FloatVector.zero(F);
        var s2_2 = FloatVector.zero(F);
        var s3_0 = FloatVector.zero(F);
        var s3_1 = FloatVector.zero(F);
        var s3_2 = FloatVector.zero(F);
        var s4_0 = FloatVector.zero(F);
        var s4_1 = FloatVector.zero(F);
        var s4_2 = FloatVector.zero(F);
        var s5_0 = FloatVector.zero(F);
        var s5_1 = FloatVector.zero(F);
        var s5_2 = FloatVector.zero(F);
        var s6_0 = FloatVector.zero(F);
        var s6_1 = FloatVector.zero(F);
        var s6_2 = FloatVector.zero(F);
        var s7_0 = FloatVector.zero(F);
        var s7_1 = FloatVector.zero(F);
        var s7_2 = FloatVector.zero(F);
        for (int i = 0; i < full; i++) {
            int d = steps[i];
            var w0 = fromArray(F, b, b0 + i * L);
            var w1 = fromArray(F, b, b1 + i * L);
            var w2 = fromArray(F, b, b2 + i * L);
            var x0 = fromArray(F, a, a0 + d);
            s0_0 = x0.fma(w0, s0_0);
            s0_1 = x0.fma(w1, s0_1);
            s0_2 = x0.fma(w2, s0_2);
            var x1 = fromArray(F, a, a1 + d);
            s1_0 = x1.fma(w0, s1_0);
            s1_1 = x1.fma(w1, s1_1);
            s1_2 = x1.fma(w2, s1_2);
            var x2 = fromArray(F, a, a2 + d);
            s2_0 = x2.fma(w0, s2_0);
            s2_1 = x2.fma(w1, s2_1);
            s2_2 = x2.fma(w2, s2_2);
            var x3 = fromArray(F, a, a3 + d);
            s3_0 = x3.fma(w0, s3_0);
            s3_1 = x3.fma(w1, s3_1);
            s3_2 = x3.fma(w2, s3_2);
            var x4 = fromArray(F, a, a4 + d);
            s4_0 = x4.fma(w0, s4_0);
            s4_1 = x4.fma(w1, s4_1);
            s4_2 = x4.fma(w2, s4_2);
            var x5 = fromArray(F, a, a5 + d);
            s5_0 = x5.fma(w0, s5_0);
            s5_1 = x5.fma(w1, s5_1);
            s5_2 = x5.fma(w2, s5_2);
            var x6 = fromArray(F, a, a6 + d);
            s6_0 = x6.fma(w0, s6_0);
            s6_1 = x6.fma(w1, s6_1);
            s6_2 = x6.fma(w2, s6_2);
            var x7 = fromArray(F, a, a7 + d);
            s7_0 = x7.fma(w0, s7_0);
            s7_1 = x7.fma(w1, s7_1);
            s7_2 = x7.fma(w2, s7_2);
        }
        s0_0.intoArray(lanes, 0);
        s0_1.intoArray(lanes, L);
        s0_2.intoArray(lanes, 2 * L);
        s1_0.intoArray(lanes, 3 * L);
        s1_1.intoArray(lanes, 4 * L);
        s1_2.intoArray(lanes, 5 * L);
        s2_0.intoArray(lanes, 6 * L);
        s2_1.intoArray(lanes, 7 * L);
        s2_2.intoArray(lanes, 8 * L);
        s3_0.intoArray(lanes, 9 * L);
        s3_1.intoArray(lanes, 10 * L);
        s3_2.intoArray(lanes, 11 * L);
        s4_0.intoArray(lanes, 12 * L);
        s4_1.intoArray(lanes, 13 * L);
        s4_2.intoArray(lanes, 14 * L);
        s5_0.intoArray(lanes, 15 * L);
        s5_1.intoArray(lanes, 16 * L);
        s5_2.intoArray(lanes, 17 * L);
        s6_0.intoArray(lanes, 18 * L);
        s6_1.intoArray(lanes, 19 * L);
        s6_2.intoArray(lanes, 20 * L);
        s7_0.intoArray(lanes, 21 * L);
        s7_1.intoArray(lanes, 22 * L);
        s7_2.intoArray(lanes, 23 * L);
    }
}
