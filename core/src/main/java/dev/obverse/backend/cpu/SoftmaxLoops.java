package dev.obverse.backend.cpu;

/** Inner loops of softmax, over the rows {@code from} to {@code to} (exclusive) of {@code n >= 1} elements each. */
public interface SoftmaxLoops {
    void softmax(float[] x, float[] y, int from, int to, int n);

    /** {@code dx = y (dy - sum of dy y)} in each row. */
    void softmaxGradient(float[] y, float[] dy, float[] dx, int from, int to, int n);

    void logSoftmax(float[] x, float[] y, int from, int to, int n);

    /** {@code dx = dy - exp(y) (sum of dy)} in each row. */
    void logSoftmaxGradient(float[] y, float[] dy, float[] dx, int from, int to, int n);
}
