package dev.obverse.cuda.dnn;

import java.util.Comparator;
import java.util.List;

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

    /** Tensor cores on bfloat16. */
    static final int TENSOR_MATH = 1;

    /** What cuDNN says of an algorithm it was asked about. */
    record Candidate(int status, boolean deterministic, Algorithm algorithm) {}

    /**
     * Those that give the same bits every time, fit into the workspace and, unless it {@code rounds}, round as float32
     * does, the fastest first. In float32 they are run with FMA_MATH whatever cuDNN reported; those it reported so come
     * first.
     */
    static List<Algorithm> ranked(Direction direction, boolean rounds, long mostWorkspace, List<Candidate> candidates) {
        var allowed = candidates.stream()
                .filter(c -> c.status == 0 && c.deterministic)
                .map(Candidate::algorithm)
                .filter(a -> a.workspace <= mostWorkspace);
        if (rounds) {
            return allowed.sorted(Comparator.comparingDouble(Algorithm::milliseconds))
                    .toList();
        }
        return allowed.filter(a -> (a.math == FMA_MATH || a.math == DEFAULT_MATH) && direction.isExact(a.number))
                .sorted(Comparator.comparing((Algorithm a) -> a.math != FMA_MATH)
                        .thenComparingDouble(Algorithm::milliseconds))
                .map(a -> new Algorithm(a.number, FMA_MATH, a.workspace, a.milliseconds))
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
