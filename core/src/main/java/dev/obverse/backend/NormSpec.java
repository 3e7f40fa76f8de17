package dev.obverse.backend;

/**
 * Which elements share a mean and a variance, and what is done with them: {@code x} is viewed as {@code [a, r1, b, r2]}
 * and normalised over {@code r1} and {@code r2} together.
 *
 * <p>Batch norm of {@code [N,H,W,C]} is {@code [1, NHW, C, 1]}, instance norm {@code [N, HW, C, 1]}, group norm
 * {@code [N, HW, G, C/G]}, layer norm over the last axis {@code [rows, 1, 1, D]}. Scale and shift are per column, which
 * in all of them is the last axis.
 *
 * @param eps added to the variance
 * @param slope of the LeakyReLU behind scale and shift: 1 is none, 0 is ReLU
 * @param ownStatistics whether mean and variance are those of {@code x}; otherwise they are given, and constants
 */
public record NormSpec(int a, int r1, int b, int r2, double eps, double slope, boolean ownStatistics) {
    /** With statistics of {@code x} itself, and without activation. */
    public NormSpec(int a, int r1, int b, int r2, double eps) {
        this(a, r1, b, r2, eps, 1, true);
    }

    /** Number of groups, and so of means and of variances; group {@code (i, j)} is at {@code i * b + j}. */
    public int groups() {
        return a * b;
    }

    /** Elements in each group. */
    public int groupSize() {
        return r1 * r2;
    }

    /** Elements of the last axis, and so of scale and of shift. */
    public int columns() {
        return b * r2;
    }

    /** Elements of {@code x}. */
    public int size() {
        return groups() * groupSize();
    }
}
