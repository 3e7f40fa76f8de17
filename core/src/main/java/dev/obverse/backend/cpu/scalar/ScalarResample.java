package dev.obverse.backend.cpu.scalar;

import dev.obverse.backend.cpu.ResampleLoops;

/** Bilinear resizing in plain Java. */
public final class ScalarResample implements ResampleLoops {
    @Override
    public void blend(float[] a, int ao, float[] b, int bo, float weight, float[] y, int yo, int n) {
        float other = 1 - weight;
        for (int i = 0; i < n; i++) {
            y[yo + i] = other * a[ao + i] + weight * b[bo + i];
        }
    }

    @Override
    public void addScaled(float weight, float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] += weight * x[xo + i];
        }
    }

    @Override
    public void blendPixels(float[] x, int xo, int[] left, int[] right, float[] weight, int c, float[] y, int yo) {
        for (int p = 0; p < weight.length; p++) {
            blend(x, xo + left[p] * c, x, xo + right[p] * c, weight[p], y, yo + p * c, c);
        }
    }

    @Override
    public void spreadPixels(float[] dy, int yo, int[] left, int[] right, float[] weight, int c, float[] dx, int xo) {
        for (int p = 0; p < weight.length; p++) {
            addScaled(1 - weight[p], dy, yo + p * c, dx, xo + left[p] * c, c);
            addScaled(weight[p], dy, yo + p * c, dx, xo + right[p] * c, c);
        }
    }
}
