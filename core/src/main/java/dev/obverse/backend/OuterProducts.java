package dev.obverse.backend;

/**
 * A matrix {@code aᵀ b [m,n]} that is known as the sum of a few outer products and computed nowhere. The gradient of a
 * linear layer's weight is one, of as many products as the batch has rows: kept like this, the largest gradient of a
 * network takes no memory worth speaking of, and an optimiser makes each of its elements where it needs it.
 *
 * @param rows number of outer products
 * @param a {@code [rows, m]}
 * @param b {@code [rows, n]}
 */
public record OuterProducts(int rows, int m, int n, Storage a, Storage b) {
    /** The product that computes the matrix. */
    public MatmulSpec matmul() {
        return MatmulSpec.of(m, n, rows, true, false);
    }
}
