package dev.obverse.backend.cpu;

import static dev.obverse.backend.cpu.CpuStorage.array;

import dev.obverse.backend.NormKernels;
import dev.obverse.backend.NormSpec;
import dev.obverse.backend.Storage;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Normalisation, by rows or by columns, and softmax. */
final class CpuNorm implements NormKernels {
    private final ReduceLoops reduce;
    private final NormLoops loops;
    private final SoftmaxLoops softmax;

    CpuNorm(ReduceLoops reduce, NormLoops loops, SoftmaxLoops softmax) {
        this.reduce = reduce;
        this.loops = loops;
        this.softmax = softmax;
    }

    @Override
    public void normalize(
            NormSpec spec,
            Storage x,
            @Nullable Storage gamma,
            @Nullable Storage beta,
            Storage mean,
            Storage variance,
            Storage y) {
        if (spec.size() == 0) {
            return;
        }
        var scale = perColumn(spec, gamma, 1);
        var shift = perColumn(spec, beta, 0);
        if (byRows(spec)) {
            new RowNorm(spec, reduce, loops, scale, shift).normalize(array(x), array(mean), array(variance), array(y));
        } else {
            new ColumnNorm(spec, loops, scale, shift).normalize(array(x), array(mean), array(variance), array(y));
        }
    }

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
        if (spec.size() == 0) {
            for (var sums : new @Nullable Storage[] {dgamma, dbeta}) {
                if (sums != null) {
                    Arrays.fill(array(sums), 0);
                }
            }
            return;
        }
        var scale = perColumn(spec, gamma, 1);
        var shift = perColumn(spec, beta, 0);
        var xs = array(x);
        var means = array(mean);
        var variances = array(variance);
        var dys = array(dy);
        var dxs = dx == null ? null : array(dx);
        var dgammas = dgamma == null ? null : array(dgamma);
        var dbetas = dbeta == null ? null : array(dbeta);
        if (byRows(spec)) {
            new RowNorm(spec, reduce, loops, scale, shift).gradient(xs, means, variances, dys, dxs, dgammas, dbetas);
        } else {
            new ColumnNorm(spec, loops, scale, shift).gradient(xs, means, variances, dys, dxs, dgammas, dbetas);
        }
    }

    private static boolean byRows(NormSpec spec) {
        return spec.r1() == 1 && spec.b() == 1;
    }

    /** The values of {@code storage}, which may be null for {@code absent}; a pooled array may be longer. */
    private static float[] perColumn(NormSpec spec, @Nullable Storage storage, float absent) {
        if (storage != null) {
            return Arrays.copyOf(array(storage), spec.columns());
        }
        var values = new float[spec.columns()];
        Arrays.fill(values, absent);
        return values;
    }

    @Override
    public void softmax(int rows, int n, Storage x, Storage y) {
        var xs = array(x);
        var ys = array(y);
        if (n > 0) {
            Pieces.overRows(rows, 4L * n, (from, to) -> softmax.softmax(xs, ys, from, to, n));
        }
    }

    @Override
    public void softmaxGradient(int rows, int n, Storage y, Storage dy, Storage dx) {
        var ys = array(y);
        var dys = array(dy);
        var dxs = array(dx);
        if (n > 0) {
            Pieces.overRows(rows, 2L * n, (from, to) -> softmax.softmaxGradient(ys, dys, dxs, from, to, n));
        }
    }

    @Override
    public void logSoftmax(int rows, int n, Storage x, Storage y) {
        var xs = array(x);
        var ys = array(y);
        if (n > 0) {
            Pieces.overRows(rows, 4L * n, (from, to) -> softmax.logSoftmax(xs, ys, from, to, n));
        }
    }

    @Override
    public void logSoftmaxGradient(int rows, int n, Storage y, Storage dy, Storage dx) {
        var ys = array(y);
        var dys = array(dy);
        var dxs = array(dx);
        if (n > 0) {
            Pieces.overRows(rows, 4L * n, (from, to) -> softmax.logSoftmaxGradient(ys, dys, dxs, from, to, n));
        }
    }
}
