package dev.obverse.cuda.dnn;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * One of cuDNN's algorithms for one direction and shape.
 *
 * @param number cuDNN's, which means something else for each direction
 * @param math cuDNN's math type
 * @param workspace bytes it needs
 * @param milliseconds it took, or cuDNN's order if nothing was measured
 */
record Algorithm(int number, int math, long workspace, float milliseconds) {
    /** cuDNN's math types: TF32 allowed for float32, and not allowed. */
    static final int DEFAULT_MATH = 0;

    static final int FMA_MATH = 3;

    /** What cuDNN says of an algorithm it was asked about. */
    record Candidate(int status, boolean deterministic, Algorithm algorithm) {}

    /**
     * The fastest that gives the same bits every time, fits into the workspace and, unless {@code tf32}, rounds as
     * float32 does; none if cuDNN has no such.
     */
    static Optional<Algorithm> best(Direction direction, boolean tf32, long mostWorkspace, List<Candidate> candidates) {
        return candidates.stream()
                .filter(c -> c.status == 0 && c.deterministic)
                .map(Candidate::algorithm)
                .filter(a -> a.workspace <= mostWorkspace)
                .filter(a -> tf32 || (a.math == FMA_MATH && direction.isExact(a.number)))
                .min(Comparator.comparingDouble(Algorithm::milliseconds));
    }

    /** As one word. */
    String text() {
        return number + ":" + math + ":" + workspace;
    }

    /**
     * Reads what {@link #text} writes.
     *
     * @throws IllegalArgumentException if it is not what {@link #text} writes
     */
    static Algorithm parse(String text) {
        var parts = text.strip().split(":", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("'" + text + "' is not an algorithm");
        }
        return new Algorithm(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Long.parseLong(parts[2]), 0);
    }
}
