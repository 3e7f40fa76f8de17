package dev.obverse.examples.command;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** How far a long piece of work is: a bar on a terminal, else a plain line every few seconds. */
final class Progress implements AutoCloseable {
    private static final int BAR_WIDTH = 118;
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(5);
    private static final String CLEAR_LINE = "\r\u001b[K";
    private static volatile boolean barShown;

    private final PrintWriter err;
    private final String task;
    private final long total;
    private final String unit;
    private final long start = System.nanoTime();
    private final @Nullable ProgressBar bar;
    private long nextLine = start + BETWEEN_LINES.toNanos();
    private long first = -1;

    /** @param unit what is counted, in the plural */
    Progress(PrintWriter err, String task, long total, String unit) {
        this.err = err;
        this.task = task;
        this.total = total;
        this.unit = unit;
        bar = isTerminal() ? bar() : null;
        show(bar != null);
    }

    @SuppressWarnings("SystemConsoleNull") // JDK 25 went back to null where there is no terminal
    private static boolean isTerminal() {
        var console = System.console();
        return console != null && console.isTerminal();
    }

    private static void show(boolean bar) {
        barShown = bar;
    }

    private ProgressBar bar() {
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(total)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(500)
                .setUnit(" " + unit, 1)
                .showSpeed()
                .setConsumer(new DelegatingProgressBarConsumer(
                        line -> {
                            err.print(CLEAR_LINE + line);
                            err.flush();
                        },
                        BAR_WIDTH))
                .build();
    }

    /** Prints a line without tearing a bar, which is drawn again below it. */
    static void aboveBar(PrintWriter err, String line) {
        err.println(barShown ? CLEAR_LINE + line : line);
    }

    /** Tells how much is done, and what else is worth knowing. From any thread. */
    synchronized void at(long done, String detail) {
        if (first < 0) {
            first = done - 1; // a resumed run does not begin with 0
        }
        if (bar != null) {
            bar.stepTo(done);
            bar.setExtraMessage(" " + detail);
        } else if (System.nanoTime() >= nextLine && done < total) {
            nextLine = System.nanoTime() + BETWEEN_LINES.toNanos();
            err.println(line(done, detail));
        }
    }

    private String line(long done, String detail) {
        double seconds = (System.nanoTime() - start) * 1e-9;
        double rate = (done - first) / seconds;
        return String.format(
                Locale.ROOT,
                "%s %d/%d, %.1f %s/s, %s left%s",
                task,
                done,
                total,
                rate,
                unit,
                duration((total - done) / rate),
                detail.isEmpty() ? "" : ", " + detail);
    }

    /** A duration as 1:05 min or 9 s. */
    static String duration(double seconds) {
        long whole = Math.round(seconds);
        return whole < 60 ? whole + " s" : String.format(Locale.ROOT, "%d:%02d min", whole / 60, whole % 60);
    }

    /** Seconds since the beginning. */
    double seconds() {
        return (System.nanoTime() - start) * 1e-9;
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            show(false);
            err.println();
        }
    }
}
