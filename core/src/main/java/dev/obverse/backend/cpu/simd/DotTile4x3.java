package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Inner products of 4 rows with 3 rows: {@link DotTiles} explains the arguments. 12 sums and four operands fit 16
 * registers.
 */
final class DotTile4x3 {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private DotTile4x3() {}

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
    }
}
