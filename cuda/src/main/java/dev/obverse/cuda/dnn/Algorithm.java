package dev.obverse.cuda.dnn;

import java.util.Comparator;
import java.util.List;

/**
 * One of cuDNN's algorithms for one direction and shape.
 *
 * @param number cuDNN's, which means something else for each direction
 * @param workspace bytes it needs
 * @param milliseconds it took, or cuDNN's order if nothing was measured
 */
record Algorithm(int number, long workspace, float milliseconds) {
    /** What cuDNN says of an algorithm it was asked about. */
    record Candidate(int status, boolean deterministic, Algorithm algorithm) {}

    /**
     * Those that give the same bits every time, fit into the workspace and, unless it {@code rounds}, round as float32
     * does, the fastest first.
     */
    static List<Algorithm> ranked(Direction direction, boolean rounds, long mostWorkspace, List<Candidate> candidates) {
        return candidates.stream()
                .filter(c -> c.status == 0 && c.deterministic)
                .map(Candidate::algorithm)
                .filter(a -> a.workspace <= mostWorkspace && (rounds || direction.isExact(a.number)))
                .sorted(Comparator.comparingDouble(Algorithm::milliseconds))
                .toList();
    }

    /** As one word. */
    String text() {
        return number + ":" + workspace;
    }

    /**
     * Reads what {@link #text} writes.
     *
     * @throws IllegalArgumentException if it is not what {@link #text} writes
     */
    static Algorithm parse(String text) {
        var parts = text.strip().split(":", -1);
        if (parts.length != 2) {
            throw new IllegalArgumentException("'" + text + "' is not an algorithm");
        }
        return new Algorithm(Integer.parseInt(parts[0]), Long.parseLong(parts[1]), 0);
    }
}
