package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** 16 tiles by one vector of products: {@link WinogradProducts} explains the arguments. */
final class WinogradTile16x1 {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private WinogradTile16x1() {}

    static void run(float[] a, int ao, int length, int skip, float[] b, int bo, float[] c, int co, boolean first) {
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = FloatVector.zero(F);
        FloatVector s2 = FloatVector.zero(F);
        FloatVector s3 = FloatVector.zero(F);
        FloatVector s4 = FloatVector.zero(F);
        FloatVector s5 = FloatVector.zero(F);
        FloatVector s6 = FloatVector.zero(F);
        FloatVector s7 = FloatVector.zero(F);
        FloatVector s8 = FloatVector.zero(F);
        FloatVector s9 = FloatVector.zero(F);
        FloatVector s10 = FloatVector.zero(F);
        FloatVector s11 = FloatVector.zero(F);
        FloatVector s12 = FloatVector.zero(F);
        FloatVector s13 = FloatVector.zero(F);
        FloatVector s14 = FloatVector.zero(F);
        FloatVector s15 = FloatVector.zero(F);
        int o = ao;
        for (int i = 0; i < length; i++) {
            var w = fromArray(F, b, bo + i * L);
            s0 = broadcast(F, a[o]).fma(w, s0);
            s1 = broadcast(F, a[o + L]).fma(w, s1);
            s2 = broadcast(F, a[o + 2 * L]).fma(w, s2);
            s3 = broadcast(F, a[o + 3 * L]).fma(w, s3);
            s4 = broadcast(F, a[o + 4 * L]).fma(w, s4);
            s5 = broadcast(F, a[o + 5 * L]).fma(w, s5);
            s6 = broadcast(F, a[o + 6 * L]).fma(w, s6);
            s7 = broadcast(F, a[o + 7 * L]).fma(w, s7);
            s8 = broadcast(F, a[o + 8 * L]).fma(w, s8);
            s9 = broadcast(F, a[o + 9 * L]).fma(w, s9);
            s10 = broadcast(F, a[o + 10 * L]).fma(w, s10);
            s11 = broadcast(F, a[o + 11 * L]).fma(w, s11);
            s12 = broadcast(F, a[o + 12 * L]).fma(w, s12);
            s13 = broadcast(F, a[o + 13 * L]).fma(w, s13);
            s14 = broadcast(F, a[o + 14 * L]).fma(w, s14);
            s15 = broadcast(F, a[o + 15 * L]).fma(w, s15);
            o += (i + 1) % L == 0 ? skip : 1;
        }
        if (!first) {
            s0 = s0.add(fromArray(F, c, co));
            s1 = s1.add(fromArray(F, c, co + L));
            s2 = s2.add(fromArray(F, c, co + 2 * L));
            s3 = s3.add(fromArray(F, c, co + 3 * L));
            s4 = s4.add(fromArray(F, c, co + 4 * L));
            s5 = s5.add(fromArray(F, c, co + 5 * L));
            s6 = s6.add(fromArray(F, c, co + 6 * L));
            s7 = s7.add(fromArray(F, c, co + 7 * L));
            s8 = s8.add(fromArray(F, c, co + 8 * L));
            s9 = s9.add(fromArray(F, c, co + 9 * L));
            s10 = s10.add(fromArray(F, c, co + 10 * L));
            s11 = s11.add(fromArray(F, c, co + 11 * L));
            s12 = s12.add(fromArray(F, c, co + 12 * L));
            s13 = s13.add(fromArray(F, c, co + 13 * L));
            s14 = s14.add(fromArray(F, c, co + 14 * L));
            s15 = s15.add(fromArray(F, c, co + 15 * L));
        }
        s0.intoArray(c, co);
        s1.intoArray(c, co + L);
        s2.intoArray(c, co + 2 * L);
        s3.intoArray(c, co + 3 * L);
        s4.intoArray(c, co + 4 * L);
        s5.intoArray(c, co + 5 * L);
        s6.intoArray(c, co + 6 * L);
        s7.intoArray(c, co + 7 * L);
        s8.intoArray(c, co + 8 * L);
        s9.intoArray(c, co + 9 * L);
        s10.intoArray(c, co + 10 * L);
        s11.intoArray(c, co + 11 * L);
        s12.intoArray(c, co + 12 * L);
        s13.intoArray(c, co + 13 * L);
        s14.intoArray(c, co + 14 * L);
        s15.intoArray(c, co + 15 * L);
    }
}
