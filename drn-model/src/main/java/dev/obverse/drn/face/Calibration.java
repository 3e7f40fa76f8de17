package dev.obverse.drn.face;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * How often a best match with a score like this one was the right person, on data where the answer is known: isotonic
 * regression by pooling adjacent violators (Ayer et al. 1955), so that a higher score never means less. Of scores
 * outside those that were seen nothing is said.
 */
public final class Calibration {
    /**
     * A best match whose answer is known.
     *
     * @param right whether it was the right person
     */
    public record Sample(double score, boolean right) {}

    /** What is known of scores like one. */
    public sealed interface Trust {
        /** What such a score was before, for people: {@code right 93 % of 40 times}. */
        String words();
    }

    /**
     * Scores like this one were seen.
     *
     * @param rate share of the matches that were right
     * @param samples number of matches that this rests on
     */
    public record Known(double rate, int samples) implements Trust {
        @Override
        public String words() {
            return String.format(Locale.ROOT, "right %.0f %% of %d times", 100 * rate, samples);
        }
    }

    /**
     * No score like this one was seen, so that nothing is known of it.
     *
     * @param above whether it is above all that were seen, else below
     * @param nearest of those, the highest or the lowest
     * @param samples number of scores that were seen
     */
    public record Unknown(boolean above, double nearest, int samples) implements Trust {
        @Override
        public String words() {
            return String.format(
                    Locale.ROOT,
                    "never seen: it is %s each of %d scores, the %s of which was %.3f",
                    above ? "above" : "below",
                    samples,
                    above ? "highest" : "lowest",
                    nearest);
        }
    }

    /** Neighbouring scores that share a rate. */
    private record Pool(double from, double right, int count) {
        double rate() {
            return right / count;
        }
    }

    private final List<Pool> pools;
    private final int samples;
    private final double lowest;
    private final double highest;

    private Calibration(List<Pool> pools, List<Sample> sorted) {
        this.pools = pools;
        samples = sorted.size();
        lowest = sorted.getFirst().score;
        highest = sorted.getLast().score;
    }

    /**
     * Learns from samples, at least one.
     *
     * @throws IllegalArgumentException for none, or a score that is NaN
     */
    public static Calibration of(List<Sample> samples) {
        if (samples.isEmpty()) {
            throw new IllegalArgumentException("A calibration needs at least one match whose answer is known");
        }
        samples.forEach(sample -> checked(sample.score));
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
        return new Calibration(List.copyOf(pools), sorted);
    }

    private static double checked(double score) {
        if (Double.isNaN(score)) {
            throw new IllegalArgumentException(
                    "A score is NaN, of which no calibration can be made: look at the vectors that were compared");
        }
        return score;
    }

    /** Number of matches it was learned from. */
    public int samples() {
        return samples;
    }

    /**
     * What is known of a score.
     *
     * @throws IllegalArgumentException for NaN
     */
    public Trust of(double score) {
        if (checked(score) < lowest || score > highest) {
            boolean above = score > highest;
            return new Unknown(above, above ? highest : lowest, samples);
        }
        var found = pools.getFirst();
        for (var pool : pools) {
            if (pool.from <= score) {
                found = pool;
            }
        }
        return new Known(found.rate(), found.count);
    }
}
