package dev.obverse.backend.reference;

import static dev.obverse.backend.reference.ReferenceMemory.elements;

import dev.obverse.backend.NormKernels;
import dev.obverse.backend.NormSpec;
import dev.obverse.backend.Storage;
import org.jspecify.annotations.Nullable;

/** Normalisation in two passes, mean first; softmax row by row. */
final class ReferenceNorm implements NormKernels {
    @Override
    public void normalize(
            NormSpec spec,
            Storage x,
            @Nullable Storage gamma,
            @Nullable Storage beta,
            Storage mean,
            Storage variance,
            Storage y) {
        var xs = elements(x);
        var ys = elements(y);
        for (int group = 0; group < spec.groups(); group++) {
            if (spec.ownStatistics()) {
                statistics(spec, group, xs, elements(mean), elements(variance));
            }
            double m = elements(mean)[group];
            double deviation = Math.sqrt(elements(variance)[group] + spec.eps());
            for (int e = 0; e < spec.groupSize(); e++) {
                int i = at(spec, group, e);
                double z = value(gamma, i % spec.columns(), 1) * ((xs[i] - m) / deviation)
                        + value(beta, i % spec.columns(), 0);
                ys[i] = z > 0 ? z : spec.slope() * z;
            }
        }
    }

    private static void statistics(NormSpec spec, int group, double[] xs, double[] mean, double[] variance) {
        double sum = 0;
        for (int e = 0; e < spec.groupSize(); e++) {
            sum += xs[at(spec, group, e)];
        }
        double m = sum / spec.groupSize();
        double squares = 0;
        for (int e = 0; e < spec.groupSize(); e++) {
            squares += (xs[at(spec, group, e)] - m) * (xs[at(spec, group, e)] - m);
        }
        mean[group] = m;
        variance[group] = squares / spec.groupSize();
    }

    /** {@code dx = (gamma dz - mean(gamma dz) - xhat mean(gamma dz xhat)) / deviation}, the means over the group. */
    @Override
    public void normalizeGradient(
            NormSpec spec,
            Storage x,
            @Nullable Storage gamma,
            @Nullable Storage beta,
            Storage mean,
            Storage variance,
            Storage dy,
            @Nullable Storage dx,
            @Nullable Storage dgamma,
            @Nullable Storage dbeta) {
        var xhat = new double[spec.size()];
        var dz = new double[spec.size()];
        var scaleSums = new double[spec.columns()];
        var shiftSums = new double[spec.columns()];
        for (int group = 0; group < spec.groups(); group++) {
            double m = elements(mean)[group];
            double deviation = Math.sqrt(elements(variance)[group] + spec.eps());
            for (int e = 0; e < spec.groupSize(); e++) {
                int i = at(spec, group, e);
                int c = i % spec.columns();
                xhat[i] = (elements(x)[i] - m) / deviation;
                double z = value(gamma, c, 1) * xhat[i] + value(beta, c, 0);
                dz[i] = elements(dy)[i] * (z > 0 ? 1 : spec.slope());
                scaleSums[c] += dz[i] * xhat[i];
                shiftSums[c] += dz[i];
            }
        }
        if (dgamma != null) {
            System.arraycopy(scaleSums, 0, elements(dgamma), 0, spec.columns());
        }
        if (dbeta != null) {
            System.arraycopy(shiftSums, 0, elements(dbeta), 0, spec.columns());
        }
        for (int group = 0; dx != null && group < spec.groups(); group++) {
            double deviation = Math.sqrt(elements(variance)[group] + spec.eps());
            double sum = 0;
            double product = 0;
            for (int e = 0; spec.ownStatistics() && e < spec.groupSize(); e++) {
                int i = at(spec, group, e);
                double scaled = value(gamma, i % spec.columns(), 1) * dz[i];
                sum += scaled;
                product += scaled * xhat[i];
            }
            for (int e = 0; e < spec.groupSize(); e++) {
                int i = at(spec, group, e);
                double scaled = value(gamma, i % spec.columns(), 1) * dz[i];
                elements(dx)[i] = (scaled - sum / spec.groupSize() - xhat[i] * product / spec.groupSize()) / deviation;
            }
        }
    }

    private static double value(@Nullable Storage perColumn, int column, double absent) {
        return perColumn == null ? absent : elements(perColumn)[column];
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
