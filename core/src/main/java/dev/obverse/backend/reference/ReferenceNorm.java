package dev.obverse.backend.reference;

import static dev.obverse.backend.reference.ReferenceMemory.elements;

import dev.obverse.backend.NormKernels;
import dev.obverse.backend.NormSpec;
import dev.obverse.backend.Storage;

/** Normalisation in two passes, mean first; softmax row by row. */
final class ReferenceNorm implements NormKernels {
    @Override
    public void normalize(NormSpec spec, double eps, Storage x, Storage y, Storage mean, Storage variance) {
        var xs = elements(x);
        var ys = elements(y);
        for (int group = 0; group < spec.groups(); group++) {
            double sum = 0;
            for (int e = 0; e < spec.groupSize(); e++) {
                sum += xs[at(spec, group, e)];
            }
            double m = sum / spec.groupSize();
            double squares = 0;
            for (int e = 0; e < spec.groupSize(); e++) {
                squares += (xs[at(spec, group, e)] - m) * (xs[at(spec, group, e)] - m);
            }
            double v = squares / spec.groupSize();
            for (int e = 0; e < spec.groupSize(); e++) {
                ys[at(spec, group, e)] = (xs[at(spec, group, e)] - m) / Math.sqrt(v + eps);
            }
            elements(mean)[group] = m;
            elements(variance)[group] = v;
        }
    }

    /** {@code dx = (dy - mean(dy) - y mean(dy y)) / sqrt(variance + eps)}, the means over the group. */
    @Override
    public void normalizeGradient(NormSpec spec, double eps, Storage y, Storage variance, Storage dy, Storage dx) {
        var ys = elements(y);
        var dys = elements(dy);
        var dxs = elements(dx);
        for (int group = 0; group < spec.groups(); group++) {
            double sum = 0;
            double product = 0;
            for (int e = 0; e < spec.groupSize(); e++) {
                sum += dys[at(spec, group, e)];
                product += dys[at(spec, group, e)] * ys[at(spec, group, e)];
            }
            double meanDy = sum / spec.groupSize();
            double meanDyY = product / spec.groupSize();
            double deviation = Math.sqrt(elements(variance)[group] + eps);
            for (int e = 0; e < spec.groupSize(); e++) {
                int i = at(spec, group, e);
                dxs[i] = (dys[i] - meanDy - ys[i] * meanDyY) / deviation;
            }
        }
    }

    /** Offset of element {@code e} of a group in {@code [a, r1, b, r2]}. */
    private static int at(NormSpec s, int group, int e) {
        int a = group / s.b();
        int b = group % s.b();
        int r1 = e / s.r2();
        int r2 = e % s.r2();
        return ((a * s.r1() + r1) * s.b() + b) * s.r2() + r2;
    }

    @Override
    public void softmax(int rows, int n, Storage x, Storage y) {
        var xs = elements(x);
        var ys = elements(y);
        for (int row = 0; row < rows; row++) {
            double log = logOfSum(xs, row * n, n);
            for (int i = row * n; i < (row + 1) * n; i++) {
                ys[i] = Math.exp(xs[i] - log);
            }
        }
    }

    /** {@code dx = y (dy - sum(dy y))}. */
    @Override
    public void softmaxGradient(int rows, int n, Storage y, Storage dy, Storage dx) {
        var ys = elements(y);
        var dys = elements(dy);
        var dxs = elements(dx);
        for (int row = 0; row < rows; row++) {
            double sum = 0;
            for (int i = row * n; i < (row + 1) * n; i++) {
                sum += dys[i] * ys[i];
            }
            for (int i = row * n; i < (row + 1) * n; i++) {
                dxs[i] = ys[i] * (dys[i] - sum);
            }
        }
    }

    @Override
    public void logSoftmax(int rows, int n, Storage x, Storage y) {
        var xs = elements(x);
        var ys = elements(y);
        for (int row = 0; row < rows; row++) {
            double log = logOfSum(xs, row * n, n);
            for (int i = row * n; i < (row + 1) * n; i++) {
                ys[i] = xs[i] - log;
            }
        }
    }

    /** {@code dx = dy - exp(y) sum(dy)}. */
    @Override
    public void logSoftmaxGradient(int rows, int n, Storage y, Storage dy, Storage dx) {
        var ys = elements(y);
        var dys = elements(dy);
        var dxs = elements(dx);
        for (int row = 0; row < rows; row++) {
            double sum = 0;
            for (int i = row * n; i < (row + 1) * n; i++) {
                sum += dys[i];
            }
            for (int i = row * n; i < (row + 1) * n; i++) {
                dxs[i] = dys[i] - Math.exp(ys[i]) * sum;
            }
        }
    }

    /** {@code log(sum(exp(x)))} of a row, with its maximum taken out so that nothing overflows. */
    private static double logOfSum(double[] xs, int from, int n) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = from; i < from + n; i++) {
            max = Math.max(max, xs[i]);
        }
        double sum = 0;
        for (int i = from; i < from + n; i++) {
            sum += Math.exp(xs[i] - max);
        }
        return max + Math.log(sum);
    }
}
