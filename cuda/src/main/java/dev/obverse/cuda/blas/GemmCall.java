package dev.obverse.cuda.blas;

import dev.obverse.backend.MatmulSpec;

/**
 * A batch of row-major products as cuBLAS, which is column-major, must be asked for it. Read column by column, a
 * row-major matrix is its transpose, and {@code (A B)' = B' A'}: so the operands change places and nothing is copied.
 *
 * @param transposeFirst whether cuBLAS's first operand, our {@code b}, is read transposed
 * @param m rows of cuBLAS's result, our columns
 * @param firstLeading elements from one column of the first operand to the next
 * @param firstStride elements from one matrix of the batch to the next; 0 where all use the same
 */
record GemmCall(
        boolean transposeFirst,
        boolean transposeSecond,
        int m,
        int n,
        int k,
        int firstLeading,
        long firstStride,
        int secondLeading,
        long secondStride,
        int resultLeading,
        long resultStride) {

    static GemmCall of(MatmulSpec s) {
        return new GemmCall(
                s.transposeB(),
                s.transposeA(),
                s.n(),
                s.m(),
                s.k(),
                s.transposeB() ? s.k() : s.n(),
                s.broadcastB() ? 0 : (long) s.k() * s.n(),
                s.transposeA() ? s.m() : s.k(),
                s.broadcastA() ? 0 : (long) s.m() * s.k(),
                s.n(),
                (long) s.m() * s.n());
    }
}
