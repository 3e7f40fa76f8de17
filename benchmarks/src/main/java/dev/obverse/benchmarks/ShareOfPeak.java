package dev.obverse.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The times of one kernel, told as a share of the FMA peak that was measured just before and after them. */
final class ShareOfPeak {
    private final List<Long> nanos = new ArrayList<>();
    private double peak;

    /** Forgets what was measured so far, and measures the peak: for the beginning of an iteration. */
    void begin() {
        nanos.clear();
        peak = FmaPeak.gflops();
    }

    /** Runs and times the kernel once. */
    void time(Runnable kernel) {
        long start = System.nanoTime();
        kernel.run();
        nanos.add(System.nanoTime() - start);
    }

    /** Prints the iteration's shares. */
    void print(String name, double flops) {
        if (nanos.isEmpty()) {
            return;
        }
        Collections.sort(nanos);
        double best = flops / nanos.getFirst();
        double median = flops / nanos.get(nanos.size() / 2);
        peak = Math.max(peak, FmaPeak.gflops());
        System.out.printf(
                "%n%s: best %.1f GFLOP/s = %.0f %%, median %.1f = %.0f %% of the FMA peak of %.0f%n",
                name, best, 100 * best / peak, median, 100 * median / peak, peak);
    }

    /** Prints the iteration's best rate of memory traffic, if the kernel moves {@code bytes} once. */
    void printBandwidth(double bytes) {
        if (!nanos.isEmpty()) {
            System.out.printf("%.1f GB/s%n", bytes / nanos.getFirst());
        }
    }
}
