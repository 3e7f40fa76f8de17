package dev.obverse.cuda.dnn;

import java.util.Comparator;
import java.util.List;

/**
 * One of cuDNN's algorithms for one direction and shape.
 *
 * @param number cuDNN's, which means something else for each direction
 * @param math cuDNN's math type, the one it was asked about with: JCuda 12.6 does not pass on the one it answers with
 * @param workspace bytes it needs
 * @param milliseconds it took, or cuDNN's order if nothing was measured
 */
record Algorithm(int number, int math, long workspace, float milliseconds) {
    /** cuDNN's math types: TF32 allowed for float32, and not allowed. */
    static final int DEFAULT_MATH = 0;

    static final int FMA_MATH = 3;

    /** Tensor cores on bfloat16. */
    static final int TENSOR_MATH = 1;

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
