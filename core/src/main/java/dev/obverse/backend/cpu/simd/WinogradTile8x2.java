package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** 8 tiles by two vectors of products: {@link WinogradProducts} explains the arguments. */
final class WinogradTile8x2 {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private WinogradTile8x2() {}

    static void run(
            float[] a, int ao, int length, int skip, float[] b, int bo, float[] c, int co, int plane, boolean first) {
        int second = co + plane;
        FloatVector s0_0 = FloatVector.zero(F);
        FloatVector s0_1 = FloatVector.zero(F);
        FloatVector s1_0 = FloatVector.zero(F);
        FloatVector s1_1 = FloatVector.zero(F);
        FloatVector s2_0 = FloatVector.zero(F);
        FloatVector s2_1 = FloatVector.zero(F);
        FloatVector s3_0 = FloatVector.zero(F);
        FloatVector s3_1 = FloatVector.zero(F);
        FloatVector s4_0 = FloatVector.zero(F);
        FloatVector s4_1 = FloatVector.zero(F);
        FloatVector s5_0 = FloatVector.zero(F);
        FloatVector s5_1 = FloatVector.zero(F);
        FloatVector s6_0 = FloatVector.zero(F);
        FloatVector s6_1 = FloatVector.zero(F);
        FloatVector s7_0 = FloatVector.zero(F);
        FloatVector s7_1 = FloatVector.zero(F);
        int o = ao;
        for (int i = 0; i < length; i++) {
            var w0 = fromArray(F, b, bo + i * 2 * L);
            var w1 = fromArray(F, b, bo + i * 2 * L + L);
            var x0 = broadcast(F, a[o]);
            s0_0 = x0.fma(w0, s0_0);
            s0_1 = x0.fma(w1, s0_1);
            var x1 = broadcast(F, a[o + L]);
            s1_0 = x1.fma(w0, s1_0);
            s1_1 = x1.fma(w1, s1_1);
            var x2 = broadcast(F, a[o + 2 * L]);
            s2_0 = x2.fma(w0, s2_0);
            s2_1 = x2.fma(w1, s2_1);
            var x3 = broadcast(F, a[o + 3 * L]);
            s3_0 = x3.fma(w0, s3_0);
            s3_1 = x3.fma(w1, s3_1);
            var x4 = broadcast(F, a[o + 4 * L]);
            s4_0 = x4.fma(w0, s4_0);
            s4_1 = x4.fma(w1, s4_1);
            var x5 = broadcast(F, a[o + 5 * L]);
            s5_0 = x5.fma(w0, s5_0);
            s5_1 = x5.fma(w1, s5_1);
            var x6 = broadcast(F, a[o + 6 * L]);
            s6_0 = x6.fma(w0, s6_0);
            s6_1 = x6.fma(w1, s6_1);
            var x7 = broadcast(F, a[o + 7 * L]);
            s7_0 = x7.fma(w0, s7_0);
            s7_1 = x7.fma(w1, s7_1);
            o += (i + 1) % L == 0 ? skip : 1;
        }
        if (!first) {
            s0_0 = s0_0.add(fromArray(F, c, co));
            s0_1 = s0_1.add(fromArray(F, c, second));
            s1_0 = s1_0.add(fromArray(F, c, co + L));
            s1_1 = s1_1.add(fromArray(F, c, second + L));
            s2_0 = s2_0.add(fromArray(F, c, co + 2 * L));
            s2_1 = s2_1.add(fromArray(F, c, second + 2 * L));
            s3_0 = s3_0.add(fromArray(F, c, co + 3 * L));
            s3_1 = s3_1.add(fromArray(F, c, second + 3 * L));
            s4_0 = s4_0.add(fromArray(F, c, co + 4 * L));
            s4_1 = s4_1.add(fromArray(F, c, second + 4 * L));
            s5_0 = s5_0.add(fromArray(F, c, co + 5 * L));
            s5_1 = s5_1.add(fromArray(F, c, second + 5 * L));
            s6_0 = s6_0.add(fromArray(F, c, co + 6 * L));
            s6_1 = s6_1.add(fromArray(F, c, second + 6 * L));
            s7_0 = s7_0.add(fromArray(F, c, co + 7 * L));
            s7_1 = s7_1.add(fromArray(F, c, second + 7 * L));
        }
        s0_0.intoArray(c, co);
        s0_1.intoArray(c, second);
        s1_0.intoArray(c, co + L);
        s1_1.intoArray(c, second + L);
        s2_0.intoArray(c, co + 2 * L);
        s2_1.intoArray(c, second + 2 * L);
        s3_0.intoArray(c, co + 3 * L);
        s3_1.intoArray(c, second + 3 * L);
        s4_0.intoArray(c, co + 4 * L);
        s4_1.intoArray(c, second + 4 * L);
        s5_0.intoArray(c, co + 5 * L);
        s5_1.intoArray(c, second + 5 * L);
        s6_0.intoArray(c, co + 6 * L);
        s6_1.intoArray(c, second + 6 * L);
        s7_0.intoArray(c, co + 7 * L);
        s7_1.intoArray(c, second + 7 * L);
    }
}
