package dev.obverse.backend.cpu.scalar;

import dev.obverse.backend.cpu.ReduceLoops;

/** Reductions in plain Java: consecutive elements in double, columns in float as the vectors do. */
public final class ScalarReduce implements ReduceLoops {
    @Override
    public double sum(float[] x, int o, int n) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = o;
        for (; i <= o + n - 4; i += 4) {
            s0 += x[i];
            s1 += x[i + 1];
            s2 += x[i + 2];
            s3 += x[i + 3];
        }
        for (; i < o + n; i++) {
            s0 += x[i];
        }
        return s0 + s1 + (s2 + s3);
    }

    @Override
    public double dot(float[] a, int ao, float[] b, int bo, int n) {
        double s0 = 0;
        double s1 = 0;
        int i = 0;
        for (; i <= n - 2; i += 2) {
            s0 += (double) a[ao + i] * b[bo + i];
            s1 += (double) a[ao + i + 1] * b[bo + i + 1];
        }
        if (i < n) {
            s0 += (double) a[ao + i] * b[bo + i];
        }
        return s0 + s1;
    }

    @Override
    public double squaredDeviations(float[] x, int o, int n, float mean) {
        double s0 = 0;
        double s1 = 0;
        int i = o;
        for (; i <= o + n - 2; i += 2) {
            double d0 = x[i] - mean;
            double d1 = x[i + 1] - mean;
            s0 += d0 * d0;
            s1 += d1 * d1;
        }
        if (i < o + n) {
            double d = x[i] - mean;
            s0 += d * d;
        }
        return s0 + s1;
    }

    @Override
    public float max(float[] x, int o, int n) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = o; i < o + n; i++) {
            max = Math.max(max, x[i]);
        }
        return max;
    }

    @Override
    public void addRows(float[] x, int o, int stride, int rows, int width, float[] total, int to) {
        int r = 0;
        for (; r <= rows - 4; r += 4) {
            int at = o + r * stride;
            for (int j = 0; j < width; j++) {
                total[to + j] += x[at + j] + x[at + stride + j] + (x[at + 2 * stride + j] + x[at + 3 * stride + j]);
            }
        }
        for (; r < rows; r++) {
            int at = o + r * stride;
            for (int j = 0; j < width; j++) {
                total[to + j] += x[at + j];
            }
        }
    }

    @Override
    public void maxRows(float[] x, int o, int stride, int rows, int width, float[] total, int to) {
        for (int r = 0; r < rows; r++) {
            int at = o + r * stride;
            for (int j = 0; j < width; j++) {
                total[to + j] = Math.max(total[to + j], x[at + j]);
            }
        }
    }
}
