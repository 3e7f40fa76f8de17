package dev.obverse.cuda.dnn;

import java.util.Set;

/** What is computed of the three arrays of a convolution from the other two. */
enum Direction {
    /** Implicit GEMM, the same with precomputed indices, explicit GEMM, direct. */
    FORWARD(Set.of(0, 1, 2, 3)),
    /** The one with a fixed order of additions; 0 uses atomics. */
    INPUT_GRADIENT(Set.of(1)),
    /** As for the input gradient; 0 and 3 use atomics. */
    WEIGHT_GRADIENT(Set.of(1));

    private final Set<Integer> exact;

    Direction(Set<Integer> exact) {
        this.exact = exact;
    }

    /** Whether an algorithm multiplies and adds as the formula says: FFT and Winograd round more than float32 should. */
    boolean isExact(int algorithm) {
        return exact.contains(algorithm);
    }
}
