package dev.obverse.benchmarks;

import dev.obverse.backend.cpu.Workers;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The rate of fused multiply-adds that this process can reach on all of its worker threads: sixteen independent chains
 * that never leave the registers. Kernels are judged by their share of it, measured close by, because a shared machine
 * is not equally fast at all times.
 */
public final class FmaPeak {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int CHAINS = 16;
    private static final int STEPS = 200_000;

    private FmaPeak() {}

    /** The best of a few runs, in GFLOP/s, a multiply-add counting as two. */
    public static double gflops() {
        int threads = Workers.threads();
        var results = new float[threads][CHAINS * F.length()];
        double best = 0;
        for (int run = 0; run < 8; run++) {
            long start = System.nanoTime();
            Workers.run(threads, i -> chains(results[i]));
            double seconds = (System.nanoTime() - start) * 1e-9;
            best = Math.max(best, 2.0 * CHAINS * F.length() * STEPS * threads / seconds * 1e-9);
        }
        return best;
    }

    private static void chains(float[] result) {
        var x = FloatVector.broadcast(F, 0.999f);
        var y = FloatVector.broadcast(F, 0.001f);
        var s0 = y;
        var s1 = y;
        var s2 = y;
        var s3 = y;
        var s4 = y;
        var s5 = y;
        var s6 = y;
        var s7 = y;
        var s8 = y;
        var s9 = y;
        var s10 = y;
        var s11 = y;
        var s12 = y;
        var s13 = y;
        var s14 = y;
        var s15 = y;
        for (int i = 0; i < STEPS; i++) {
            s0 = s0.fma(x, y);
            s1 = s1.fma(x, y);
            s2 = s2.fma(x, y);
            s3 = s3.fma(x, y);
            s4 = s4.fma(x, y);
            s5 = s5.fma(x, y);
            s6 = s6.fma(x, y);
            s7 = s7.fma(x, y);
            s8 = s8.fma(x, y);
            s9 = s9.fma(x, y);
            s10 = s10.fma(x, y);
            s11 = s11.fma(x, y);
            s12 = s12.fma(x, y);
            s13 = s13.fma(x, y);
            s14 = s14.fma(x, y);
            s15 = s15.fma(x, y);
        }
        int l = F.length();
        s0.add(s1).add(s2.add(s3)).intoArray(result, 0);
        s4.add(s5).add(s6.add(s7)).intoArray(result, l);
        s8.add(s9).add(s10.add(s11)).intoArray(result, 2 * l);
        s12.add(s13).add(s14.add(s15)).intoArray(result, 3 * l);
    }

    /** Prints the peak. */
    public static void main(String[] args) {
        System.out.printf("%.0f GFLOP/s on %d threads%n", gflops(), Workers.threads());
    }
}
