package dev.obverse.backend;

/**
 * A batch of matrix products {@code c[i] = op(a[i]) op(b[i])} of dense row-major matrices.
 *
 * @param batch number of products
 * @param m rows of the result
 * @param n columns of the result
 * @param k length of the inner products
 * @param transposeA {@code a} is stored as {@code [k,m]} instead of {@code [m,k]}
 * @param transposeB {@code b} is stored as {@code [n,k]} instead of {@code [k,n]}
 * @param broadcastA every product reads the one matrix {@code a}
 * @param broadcastB every product reads the one matrix {@code b}
 */
public record MatmulSpec(
        int batch,
        int m,
        int n,
        int k,
        boolean transposeA,
        boolean transposeB,
        boolean broadcastA,
        boolean broadcastB) {

    /** One product. */
    public static MatmulSpec of(int m, int n, int k, boolean transposeA, boolean transposeB) {
        return new MatmulSpec(1, m, n, k, transposeA, transposeB, false, false);
    }

    public double flops() {
        return 2.0 * batch * m * n * k;
    }
}
