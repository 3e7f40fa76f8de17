package dev.obverse.backend;

/**
 * Which elements share a mean and a variance: {@code x} is viewed as {@code [a, r1, b, r2]} and normalised over
 * {@code r1} and {@code r2} together.
 *
 * <p>Batch norm of {@code [N,H,W,C]} is {@code [1, NHW, C, 1]}, instance norm {@code [N, HW, C, 1]}, group norm
 * {@code [N, HW, G, C/G]}, layer norm over the last axis {@code [rows, 1, 1, D]}.
 */
public record NormSpec(int a, int r1, int b, int r2) {
    /** Number of groups, and so of means and of variances; group {@code (i, j)} is at {@code i * b + j}. */
    public int groups() {
        return a * b;
    }

    /** Elements in each group. */
    public int groupSize() {
        return r1 * r2;
    }
}
