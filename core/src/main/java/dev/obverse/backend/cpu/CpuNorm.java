package dev.obverse.backend.cpu;

import static dev.obverse.backend.cpu.CpuStorage.array;

import dev.obverse.backend.NormKernels;
import dev.obverse.backend.NormSpec;
import dev.obverse.backend.Storage;

/**
 * Normalisation and softmax. Groups of consecutive elements (layer norm) are handled whole; all others are columns, see
 * {@link ColumnNorm}.
 */
final class CpuNorm implements NormKernels {
    private final ReduceLoops reduce;
    private final NormLoops loops;

    CpuNorm(ReduceLoops reduce, NormLoops loops) {
        this.reduce = reduce;
        this.loops = loops;
    }

    @Override
    public void normalize(NormSpec spec, double eps, Storage x, Storage y, Storage mean, Storage variance) {
        if (spec.groups() == 0 || spec.groupSize() == 0) {
            return;
        }
        if (!consecutive(spec)) {
            new ColumnNorm(spec, eps, reduce, loops).normalize(array(x), array(y), array(mean), array(variance));
            return;
        }
        var xs = array(x);
        var ys = array(y);
        var means = array(mean);
        var variances = array(variance);
        int n = spec.groupSize();
        Pieces.overRows(spec.groups(), 2L * n, (from, to) -> {
            for (int g = from; g < to; g++) {
                float m = (float) (reduce.sum(xs, g * n, n) / n);
                double v = reduce.squaredDeviations(xs, g * n, n, m) / n;
                means[g] = m;
                variances[g] = (float) v;
                loops.normalize(xs, ys, g * n, n, m, (float) (1 / Math.sqrt(v + eps)));
            }
        });
    }

    @Override
    public void normalizeGradient(NormSpec spec, double eps, Storage y, Storage variance, Storage dy, Storage dx) {
        if (spec.groups() == 0 || spec.groupSize() == 0) {
            return;
        }
        if (!consecutive(spec)) {
            new ColumnNorm(spec, eps, reduce, loops).gradient(array(y), array(variance), array(dy), array(dx));
            return;
        }
        var ys = array(y);
        var dys = array(dy);
        var dxs = array(dx);
        var variances = array(variance);
        int n = spec.groupSize();
        Pieces.overRows(spec.groups(), 2L * n, (from, to) -> {
            for (int g = from; g < to; g++) {
                float meanDy = (float) (reduce.sum(dys, g * n, n) / n);
                float meanDyY = (float) (reduce.dot(dys, g * n, ys, g * n, n) / n);
                float inverse = (float) (1 / Math.sqrt(variances[g] + eps));
                loops.gradient(ys, dys, dxs, g * n, n, meanDy, meanDyY, inverse);
            }
        });
    }

    /** One group after the other, and none so long that it should be cut. */
    private static boolean consecutive(NormSpec spec) {
        return spec.b() == 1 && (spec.groupSize() <= Pieces.GRAIN || spec.r1() == 1);
    }

    @Override
    public void softmax(int rows, int n, Storage x, Storage y) {
        var xs = array(x);
        var ys = array(y);
        if (n > 0) {
            Pieces.overRows(rows, 4L * n, (from, to) -> loops.softmax(xs, ys, from, to, n));
        }
    }

    @Override
    public void softmaxGradient(int rows, int n, Storage y, Storage dy, Storage dx) {
        var ys = array(y);
        var dys = array(dy);
        var dxs = array(dx);
        if (n > 0) {
            Pieces.overRows(rows, 2L * n, (from, to) -> loops.softmaxGradient(ys, dys, dxs, from, to, n));
        }
    }

    @Override
    public void logSoftmax(int rows, int n, Storage x, Storage y) {
        var xs = array(x);
        var ys = array(y);
        if (n > 0) {
            Pieces.overRows(rows, 4L * n, (from, to) -> loops.logSoftmax(xs, ys, from, to, n));
        }
    }

    @Override
    public void logSoftmaxGradient(int rows, int n, Storage y, Storage dy, Storage dx) {
        var ys = array(y);
        var dys = array(dy);
        var dxs = array(dx);
        if (n > 0) {
            Pieces.overRows(rows, 4L * n, (from, to) -> loops.logSoftmaxGradient(ys, dys, dxs, from, to, n));
        }
    }
}
