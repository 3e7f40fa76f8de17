package dev.obverse.backend.cpu.scalar;

import dev.obverse.backend.cpu.NormLoops;

/** Normalisation in plain Java. */
public final class ScalarNorm implements NormLoops {
    @Override
    public void addMoments(float[] x, int o, int rows, int width, float[] origin, float[] sum, float[] squares) {
        for (int at = o; at < o + rows * width; at += width) {
            for (int j = 0; j < width; j++) {
                float d = x[at + j] - origin[j];
                sum[j] += d;
                squares[j] += d * d;
            }
        }
    }

    @Override
    public void normalize(
            float[] x, float[] y, int o, int n, int width, float[] mean, float[] scale, float[] shift, float slope) {
        for (int start = 0; start < n; start += width) {
            int count = Math.min(width, n - start);
            int at = o + start;
            for (int j = 0; j < count; j++) {
                float z = (x[at + j] - mean[j]) * scale[j] + shift[j];
                y[at + j] = z > 0 ? z : slope * z;
            }
        }
    }

    @Override
    public void addGradients(
            float[] x,
            float[] dy,
            int o,
            int rows,
            int width,
            float[] mean,
            float[] scale,
            float[] shift,
            float slope,
            float[] sum,
            float[] products) {
        for (int at = o; at < o + rows * width; at += width) {
            for (int j = 0; j < width; j++) {
                float d = x[at + j] - mean[j];
                float dz = d * scale[j] + shift[j] > 0 ? dy[at + j] : slope * dy[at + j];
                sum[j] += dz;
                products[j] += dz * d;
            }
        }
    }

    @Override
    public void gradient(
            float[] x,
            float[] dy,
            float[] dx,
            int o,
            int n,
            int width,
            float[] mean,
            float[] scale,
            float[] shift,
            float slope,
            float[] a,
            float[] b) {
        for (int start = 0; start < n; start += width) {
            int count = Math.min(width, n - start);
            int at = o + start;
            for (int j = 0; j < count; j++) {
                float d = x[at + j] - mean[j];
                float dz = d * scale[j] + shift[j] > 0 ? dy[at + j] : slope * dy[at + j];
                dx[at + j] = dz * scale[j] + d * a[j] + b[j];
            }
        }
    }
}
