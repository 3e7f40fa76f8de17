package dev.obverse.backend.cpu;

/** Inner loops of normalisation and softmax; the sums they need are those of {@link ReduceLoops}. */
public interface NormLoops {
    /** {@code y = (x - mean) inverse} for {@code n} elements with the same statistics. */
    void normalize(float[] x, float[] y, int o, int n, float mean, float inverse);

    /** {@code y[j] = (x[j] - mean[j % width]) inverse[j % width]} for {@code n} elements. */
    void normalizeRows(float[] x, float[] y, int o, int n, int width, float[] mean, float[] inverse);

    /** {@code dx = (dy - meanDy - y meanDyY) inverse}. */
    void gradient(float[] y, float[] dy, float[] dx, int o, int n, float meanDy, float meanDyY, float inverse);

    /** The same with statistics of {@code width} columns. */
    void gradientRows(
            float[] y,
            float[] dy,
            float[] dx,
            int o,
            int n,
            int width,
            float[] meanDy,
            float[] meanDyY,
            float[] inverse);

    /** Softmax of the rows {@code from} to {@code to} (exclusive) of {@code n >= 1} elements each. */
    void softmax(float[] x, float[] y, int from, int to, int n);

    /** {@code dx = y (dy - sum of dy y)} in each row. */
    void softmaxGradient(float[] y, float[] dy, float[] dx, int from, int to, int n);

    void logSoftmax(float[] x, float[] y, int from, int to, int n);

    /** {@code dx = dy - exp(y) (sum of dy)} in each row. */
    void logSoftmaxGradient(float[] y, float[] dy, float[] dx, int from, int to, int n);
}
