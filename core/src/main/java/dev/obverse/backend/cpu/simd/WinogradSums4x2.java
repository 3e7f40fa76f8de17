package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** 4 channels by two vectors of sums: {@link WinogradSums} explains the arguments. */
final class WinogradSums4x2 {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private WinogradSums4x2() {}

    static void run(float[] a, int ao, int length, float[] b, int bo, int plane, float[] c, int co, boolean first) {
        int second = bo + plane;
        FloatVector s0_0 = FloatVector.zero(F);
        FloatVector s0_1 = FloatVector.zero(F);
        FloatVector s1_0 = FloatVector.zero(F);
        FloatVector s1_1 = FloatVector.zero(F);
        FloatVector s2_0 = FloatVector.zero(F);
        FloatVector s2_1 = FloatVector.zero(F);
        FloatVector s3_0 = FloatVector.zero(F);
        FloatVector s3_1 = FloatVector.zero(F);
        for (int i = 0; i < length; i++) {
            var w0 = fromArray(F, b, bo + i * L);
            var w1 = fromArray(F, b, second + i * L);
            int o = ao + i * L;
            var x0 = broadcast(F, a[o]);
            s0_0 = x0.fma(w0, s0_0);
            s0_1 = x0.fma(w1, s0_1);
            var x1 = broadcast(F, a[o + 1]);
            s1_0 = x1.fma(w0, s1_0);
            s1_1 = x1.fma(w1, s1_1);
            var x2 = broadcast(F, a[o + 2]);
            s2_0 = x2.fma(w0, s2_0);
            s2_1 = x2.fma(w1, s2_1);
            var x3 = broadcast(F, a[o + 3]);
            s3_0 = x3.fma(w0, s3_0);
            s3_1 = x3.fma(w1, s3_1);
        }
        if (!first) {
            s0_0 = s0_0.add(fromArray(F, c, co));
            s0_1 = s0_1.add(fromArray(F, c, co + L));
            s1_0 = s1_0.add(fromArray(F, c, co + 2 * L));
            s1_1 = s1_1.add(fromArray(F, c, co + 3 * L));
            s2_0 = s2_0.add(fromArray(F, c, co + 4 * L));
            s2_1 = s2_1.add(fromArray(F, c, co + 5 * L));
            s3_0 = s3_0.add(fromArray(F, c, co + 6 * L));
            s3_1 = s3_1.add(fromArray(F, c, co + 7 * L));
        }
        s0_0.intoArray(c, co);
        s0_1.intoArray(c, co + L);
        s1_0.intoArray(c, co + 2 * L);
        s1_1.intoArray(c, co + 3 * L);
        s2_0.intoArray(c, co + 4 * L);
        s2_1.intoArray(c, co + 5 * L);
        s3_0.intoArray(c, co + 6 * L);
        s3_1.intoArray(c, co + 7 * L);
    }
}
