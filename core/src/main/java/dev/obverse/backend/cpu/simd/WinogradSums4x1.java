package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** 4 channels by one vector of sums: {@link WinogradSums} explains the arguments. */
final class WinogradSums4x1 {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private WinogradSums4x1() {}

    static void run(float[] a, int ao, int length, float[] b, int bo, float[] c, int co, boolean first) {
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = FloatVector.zero(F);
        FloatVector s2 = FloatVector.zero(F);
        FloatVector s3 = FloatVector.zero(F);
        for (int i = 0; i < length; i++) {
            var w = fromArray(F, b, bo + i * L);
            int o = ao + i * L;
            s0 = broadcast(F, a[o]).fma(w, s0);
            s1 = broadcast(F, a[o + 1]).fma(w, s1);
            s2 = broadcast(F, a[o + 2]).fma(w, s2);
            s3 = broadcast(F, a[o + 3]).fma(w, s3);
        }
        if (!first) {
            s0 = s0.add(fromArray(F, c, co));
            s1 = s1.add(fromArray(F, c, co + L));
            s2 = s2.add(fromArray(F, c, co + 2 * L));
            s3 = s3.add(fromArray(F, c, co + 3 * L));
        }
        s0.intoArray(c, co);
        s1.intoArray(c, co + L);
        s2.intoArray(c, co + 2 * L);
        s3.intoArray(c, co + 3 * L);
    }
}
