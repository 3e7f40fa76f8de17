package dev.obverse.backend.cpu.scalar;

import dev.obverse.backend.cpu.SoftmaxLoops;

/** Softmax in plain Java. */
public final class ScalarSoftmax implements SoftmaxLoops {
    private final ScalarReduce reduce = new ScalarReduce();

    @Override
    public void softmax(float[] x, float[] y, int from, int to, int n) {
        for (int row = from; row < to; row++) {
            int o = row * n;
            float max = reduce.max(x, o, n);
            double sum = 0;
            for (int i = o; i < o + n; i++) {
                y[i] = (float) Math.exp(x[i] - max);
                sum += y[i];
            }
            float inverse = (float) (1 / sum);
            for (int i = o; i < o + n; i++) {
                y[i] *= inverse;
            }
        }
    }

    @Override
    public void softmaxGradient(float[] y, float[] dy, float[] dx, int from, int to, int n) {
        for (int row = from; row < to; row++) {
            int o = row * n;
            float dot = (float) reduce.dot(dy, o, y, o, n);
            for (int i = o; i < o + n; i++) {
                dx[i] = (dy[i] - dot) * y[i];
            }
        }
    }

    @Override
    public void logSoftmax(float[] x, float[] y, int from, int to, int n) {
        for (int row = from; row < to; row++) {
            int o = row * n;
            float max = reduce.max(x, o, n);
            double sum = 0;
            for (int i = o; i < o + n; i++) {
                sum += Math.exp(x[i] - max);
            }
            float log = (float) Math.log(sum);
            for (int i = o; i < o + n; i++) {
                y[i] = x[i] - max - log;
            }
        }
    }

    @Override
    public void logSoftmaxGradient(float[] y, float[] dy, float[] dx, int from, int to, int n) {
        for (int row = from; row < to; row++) {
            int o = row * n;
            double sum = reduce.sum(dy, o, n);
            for (int i = o; i < o + n; i++) {
                dx[i] = (float) (dy[i] - Math.exp(y[i]) * sum);
            }
        }
    }
}
