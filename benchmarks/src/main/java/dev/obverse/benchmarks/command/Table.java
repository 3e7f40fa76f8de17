package dev.obverse.benchmarks.command;

import java.io.PrintWriter;
import java.util.Locale;

/** Rows for people, each printed as soon as it is measured. */
final class Table {
    /** Columns before the first peer. */
    private static final int WIDTH = 94;

    private final PrintWriter out;
    private final boolean withPeers;

    Table(PrintWriter out, boolean withPeers) {
        this.out = out;
        this.withPeers = withPeers;
    }

    void header() {
        out.printf(
                Locale.ROOT,
                "%-55s %10s %18s %8s%s%n",
                "",
                "median ms",
                "rate",
                "of peak",
                withPeers ? "   peer ms  faster by" : "");
        out.flush();
    }

    void row(Row row) {
        out.printf(
                Locale.ROOT,
                "%-55s %10.3f %10.1f %-7s %6.0f %%",
                row.work().title(),
                row.ours().medianMs(),
                row.rate(),
                row.unit(),
                100 * row.share());
        var indent = "";
        for (var peer : row.peers()) {
            out.printf(
                    Locale.ROOT,
                    "%s%10.3f %9.2fx  %s",
                    indent,
                    peer.medianMs(),
                    row.ratio(peer),
                    peer.setting().isEmpty() ? peer.side() : peer.side() + ", " + peer.setting());
            indent = "\n" + " ".repeat(WIDTH);
        }
        out.println();
        if (row.work().ownProcess()) {
            start(row.ours());
            row.peers().forEach(this::start);
        }
        out.flush();
    }

    private void start(Timing timing) {
        out.printf(
                Locale.ROOT,
                "    %-51s first result %.2f s after process start, peak resident %.0f MiB%n",
                timing.side() + " " + timing.setting(),
                timing.secondsToFirst(),
                timing.peakResidentMiB());
    }

    void footer(Iterable<Row> rows) {
        double peak = 0;
        double copy = 0;
        for (var row : rows) {
            peak = Math.max(peak, row.peak());
            copy = Math.max(copy, row.copy());
        }
        out.printf(Locale.ROOT, "measured beside it: FMA peak %.0f GFLOP/s, memory copy %.1f GB/s%n", peak, copy);
        out.flush();
    }
}
