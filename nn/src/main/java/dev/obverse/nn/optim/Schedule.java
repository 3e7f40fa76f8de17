package dev.obverse.nn.optim;

/** A factor on the learning rate, as a pure function of the number of steps done, so a resumed run needs no state. */
@FunctionalInterface
public interface Schedule {
    /** The factor for the step after {@code steps} steps, so 0 for the first. */
    double factor(long steps);

    static Schedule constant() {
        return steps -> 1;
    }

    /** {@code gamma^floor(steps / every)}: a staircase. */
    static Schedule step(long every, double gamma) {
        positive("every", every);
        return steps -> {
            long stairs = steps / every;
            return Math.pow(gamma, (double) stairs);
        };
    }

    /**
     * Half a cosine from 1 down to {@code floor} over {@code total} steps, then {@code floor} (Loshchilov and Hutter
     * 2017, without restarts).
     */
    static Schedule cosine(long total, double floor) {
        positive("total", total);
        return steps -> {
            double progress = Math.min(1, steps / (double) total);
            return floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * progress));
        };
    }

    /** A line up, {@code 1/steps, 2/steps, .., 1}, then this schedule from its beginning. */
    default Schedule afterWarmUp(long warmUpSteps) {
        positive("warmUpSteps", warmUpSteps);
        return steps -> steps < warmUpSteps ? (steps + 1) / (double) warmUpSteps : factor(steps - warmUpSteps);
    }

    private static void positive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("Schedule: " + name + " must be at least 1, not " + value);
        }
    }
}
