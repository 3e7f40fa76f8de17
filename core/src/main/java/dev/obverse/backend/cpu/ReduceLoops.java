package dev.obverse.backend.cpu;

/**
 * Inner loops of reductions. Sums are taken in short runs of floats, in an order fixed by the extents, and the runs are
 * added in double or as a tree, so a sum of a million floats keeps six digits.
 *
 * <p>"Rows" are {@code rows} times {@code width} consecutive elements; what is summed goes column by column.
 */
public interface ReduceLoops {
    /** Sum of {@code n} consecutive elements. */
    double sum(float[] x, int o, int n);

    /** Sum of {@code a[i] b[i]}. */
    double dot(float[] a, int ao, float[] b, int bo, int n);

    /** Sum of {@code (x[i] - mean)^2}. */
    double squaredDeviations(float[] x, int o, int n, float mean);

    /** Largest of {@code n >= 1} consecutive elements, NaN if there is one. */
    float max(float[] x, int o, int n);

    /** {@code total[j] += sum over r of x[o + r*stride + j]} for {@code j < width}. */
    void addRows(float[] x, int o, int stride, int rows, int width, float[] total, int to);

    /** {@code total[j] = max(total[j], max over r of x[o + r*stride + j])}. */
    void maxRows(float[] x, int o, int stride, int rows, int width, float[] total, int to);
}
