package dev.obverse.benchmarks.command;

import java.util.Arrays;

/**
 * How long one library took for one work.
 *
 * @param side the library
 * @param setting the fastest of its settings
 * @param nanos of each run, in no order
 * @param secondsToFirst from its process's start to its first result; only of use if the process was its own
 * @param peakResidentMiB of its process so far
 */
record Timing(String side, String setting, double[] nanos, double secondsToFirst, double peakResidentMiB) {
    /** The upper one of the two in the middle, if their number is even. */
    static double median(double... values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    double medianMs() {
        return median(nanos) * 1e-6;
    }

    double minMs() {
        return Arrays.stream(nanos).min().orElseThrow() * 1e-6;
    }
}
