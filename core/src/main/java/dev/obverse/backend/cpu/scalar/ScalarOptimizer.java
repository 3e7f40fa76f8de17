package dev.obverse.backend.cpu.scalar;

import dev.obverse.backend.cpu.OptimizerLoops;

/** Optimiser steps in plain Java. */
public final class ScalarOptimizer implements OptimizerLoops {
    @Override
    public void adam(AdamStep s, float[] w, float[] gradient, int go, float[] first, float[] second, int o, int n) {
        for (int i = o; i < o + n; i++) {
            float g = gradient[go - o + i] * s.gradientScale() + w[i] * s.decay();
            float m = first[i] + (g - first[i]) * s.fresh1();
            float v = second[i] * s.beta2() + g * g * s.fresh2();
            first[i] = m;
            second[i] = v;
            w[i] = w[i] * s.shrink() - m / ((float) Math.sqrt(v) / s.rootCorrection() + s.eps()) * s.stepSize();
        }
    }

    @Override
    public void outerProducts(int rows, float[] a, int m, int i, float[] b, int columns, int from, float[] c, int n) {
        for (int r = 0; r < 4; r++) {
            for (int j = 0; j < n; j++) {
                float sum = 0;
                for (int q = 0; q < rows; q++) {
                    sum += a[q * m + 4 * i + r] * b[q * columns + from + j];
                }
                c[r * n + j] = sum;
            }
        }
    }

    @Override
    public void sgd(
            float lr,
            float momentum,
            float decay,
            boolean nesterov,
            float gradientScale,
            float[] w,
            float[] gradient,
            float[] velocity,
            int o,
            int n) {
        for (int i = o; i < o + n; i++) {
            float g = gradient[i] * gradientScale + w[i] * decay;
            float v = velocity[i] * momentum + g;
            velocity[i] = v;
            w[i] -= (nesterov ? g + v * momentum : v) * lr;
        }
    }

    @Override
    public void ema(float decay, float fresh, float[] w, float[] average, int o, int n) {
        for (int i = o; i < o + n; i++) {
            average[i] = average[i] * decay + w[i] * fresh;
        }
    }

    @Override
    public double sumOfSquares(float[] x, int o, int n) {
        double s0 = 0;
        double s1 = 0;
        int i = o;
        for (; i <= o + n - 2; i += 2) {
            s0 += (double) x[i] * x[i];
            s1 += (double) x[i + 1] * x[i + 1];
        }
        return i < o + n ? s0 + s1 + (double) x[i] * x[i] : s0 + s1;
    }
}
