package dev.obverse.benchmarks.command;

import dev.obverse.benchmarks.work.GemmWork;
import dev.obverse.benchmarks.work.StepWork;
import dev.obverse.benchmarks.work.Work;
import java.util.List;

/** Made-up measurements. */
final class Rows {
    private Rows() {}

    /** A product whose median time reaches a share of a peak of 1000 GFLOP/s, and whose best time twice that. */
    static Row gemm(int n, double share) {
        return row(new GemmWork(n), share, List.of());
    }

    static Row step(double millis, List<Timing> peers) {
        var work = new StepWork(4, 16, 2);
        return row(work, work.flops() / (millis * 1e6) / 1000, peers);
    }

    private static Row row(Work work, double share, List<Timing> peers) {
        double nanos = work.flops() / (1000 * share);
        var ours = new Timing("obverse", "", new double[] {2 * nanos, nanos, nanos / 2}, 1.5, 300);
        return new Row(work, ours, peers, 1000, 50);
    }
}
