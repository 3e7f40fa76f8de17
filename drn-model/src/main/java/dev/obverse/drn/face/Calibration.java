package dev.obverse.drn.face;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How often a best match with a score like this one was the right person, on data where the answer is known: isotonic
 * regression by pooling adjacent violators (Ayer et al. 1955), so that a higher score never means less.
 */
public final class Calibration {
    /**
     * A best match whose answer is known.
     *
     * @param right whether it was the right person
     */
    public record Sample(double score, boolean right) {}

    /**
     * What is known of scores like one.
     *
     * @param rate share of the matches that were right
     * @param samples number of matches that this rests on
     */
    public record Trust(double rate, int samples) {}

    /** Neighbouring scores that share a rate. */
    private record Pool(double from, double right, int count) {
        double rate() {
            return right / count;
        }
    }

    private final List<Pool> pools;
    private final int samples;

    private Calibration(List<Pool> pools, int samples) {
        this.pools = pools;
        this.samples = samples;
    }

    /** Learns from samples, at least one. */
    public static Calibration of(List<Sample> samples) {
        if (samples.isEmpty()) {
            throw new IllegalArgumentException("A calibration needs at least one match whose answer is known");
        }
        var sorted = new ArrayList<>(samples);
        // Of equal scores the right ones first, so that they share a pool.
        sorted.sort(Comparator.comparingDouble(Sample::score).thenComparing(s -> !s.right));
        var pools = new ArrayList<Pool>();
        for (var sample : sorted) {
            var pool = new Pool(sample.score, sample.right ? 1 : 0, 1);
            while (!pools.isEmpty() && pools.getLast().rate() >= pool.rate()) {
                var before = pools.removeLast();
                pool = new Pool(before.from, before.right + pool.right, before.count + pool.count);
            }
            pools.add(pool);
        }
        return new Calibration(List.copyOf(pools), samples.size());
    }

    /** Number of matches it was learned from. */
    public int samples() {
        return samples;
    }

    /** What is known of a score. A score below all that were seen is trusted as the lowest were. */
    public Trust of(double score) {
        var found = pools.getFirst();
        for (var pool : pools) {
            if (pool.from <= score) {
                found = pool;
            }
        }
        return new Trust(found.rate(), found.count);
    }
}
