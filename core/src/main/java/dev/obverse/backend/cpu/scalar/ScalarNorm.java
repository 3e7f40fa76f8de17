package dev.obverse.backend.cpu.scalar;

import dev.obverse.backend.cpu.NormLoops;

/** Normalisation and softmax in plain Java. */
public final class ScalarNorm implements NormLoops {
    private final ScalarReduce reduce = new ScalarReduce();

    @Override
    public void normalize(float[] x, float[] y, int o, int n, float mean, float inverse) {
        for (int i = o; i < o + n; i++) {
            y[i] = (x[i] - mean) * inverse;
        }
    }

    @Override
    public void normalizeRows(float[] x, float[] y, int o, int n, int width, float[] mean, float[] inverse) {
        for (int start = 0; start < n; start += width) {
            int count = Math.min(width, n - start);
            int at = o + start;
            for (int j = 0; j < count; j++) {
                y[at + j] = (x[at + j] - mean[j]) * inverse[j];
            }
        }
    }

    @Override
    public void gradient(float[] y, float[] dy, float[] dx, int o, int n, float meanDy, float meanDyY, float inverse) {
        for (int i = o; i < o + n; i++) {
            dx[i] = (dy[i] - meanDy - y[i] * meanDyY) * inverse;
        }
    }

    @Override
    public void gradientRows(
            float[] y,
            float[] dy,
            float[] dx,
            int o,
            int n,
            int width,
            float[] meanDy,
            float[] meanDyY,
            float[] inverse) {
        for (int start = 0; start < n; start += width) {
            int count = Math.min(width, n - start);
            int at = o + start;
            for (int j = 0; j < count; j++) {
                dx[at + j] = (dy[at + j] - meanDy[j] - y[at + j] * meanDyY[j]) * inverse[j];
            }
        }
    }

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
