package dev.obverse.cuda.dnn;

/** What is computed of the three arrays of a convolution from the other two. */
enum Direction {
    FORWARD,
    INPUT_GRADIENT,
    WEIGHT_GRADIENT;

    /**
     * Whether an algorithm multiplies and adds as the formula says: FFT and Winograd round more than float32 should.
     * Forward, 0 to 3 are implicit GEMM, the same with precomputed indices, explicit GEMM and direct. Backward, 1 is
     * the implicit GEMM with a fixed order of additions; 0 and 3 use atomics.
     */
    boolean isExact(int algorithm) {
        return this == FORWARD ? algorithm >= 0 && algorithm <= 3 : algorithm == 1;
    }
}
