package dev.obverse.backend.cpu;

import dev.obverse.backend.NormSpec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Layer norm: each row is a group, and stays in the cache between its statistics and its result. */
final class RowNorm {
    private final NormSpec spec;
    private final int width;
    private final ReduceLoops reduce;
    private final NormLoops loops;
    private final float[] gamma;
    private final float[] beta;

    RowNorm(NormSpec spec, ReduceLoops reduce, NormLoops loops, float[] gamma, float[] beta) {
        this.spec = spec;
        this.width = spec.r2();
        this.reduce = reduce;
        this.loops = loops;
        this.gamma = gamma;
        this.beta = beta;
    }

    void normalize(float[] x, float[] mean, float[] variance, float[] y) {
        Pieces.overRows(spec.a(), 2L * width, (from, to) -> {
            var line = new Line();
            for (int row = from; row < to; row++) {
                int o = row * width;
                if (spec.ownStatistics()) {
                    mean[row] = (float) (reduce.sum(x, o, width) / width);
                    variance[row] = (float) (reduce.squaredDeviations(x, o, width, mean[row]) / width);
                }
                line.of(mean[row], variance[row]);
                loops.normalize(x, y, o, width, width, line.mean, line.scale, beta, (float) spec.slope());
            }
        });
    }

    void gradient(
            float[] x,
            float[] mean,
            float[] variance,
            float[] dy,
            float @Nullable [] dx,
            float @Nullable [] dgamma,
            float @Nullable [] dbeta) {
        int rowsOfPiece = Pieces.rows(spec.a(), 2L * width);
        int pieces = (spec.a() - 1) / rowsOfPiece + 1;
        var sums = new double[dbeta == null ? 0 : pieces * width];
        var products = new double[dgamma == null ? 0 : pieces * width];
        float slope = (float) spec.slope();
        Pieces.overRows(spec.a(), 2L * width, (from, to) -> {
            var line = new Line();
            var a = new float[width];
            var b = new float[width];
            var dz = new float[width];
            var product = new float[width];
            int at = from / rowsOfPiece * width;
            for (int row = from; row < to; row++) {
                int o = row * width;
                float inverse = line.of(mean[row], variance[row]);
                Arrays.fill(dz, 0);
                Arrays.fill(product, 0);
                loops.addGradients(x, dy, o, 1, width, line.mean, line.scale, beta, slope, dz, product);
                add(dz, 1, sums, at);
                add(product, inverse, products, at);
                if (dx != null) {
                    if (spec.ownStatistics()) {
                        double m1 = reduce.dot(gamma, 0, dz, 0, width) / width;
                        double m2 = reduce.dot(gamma, 0, product, 0, width) * inverse / width;
                        Arrays.fill(a, (float) (-m2 * inverse * inverse));
                        Arrays.fill(b, (float) (-m1 * inverse));
                    }
                    loops.gradient(x, dy, dx, o, width, width, line.mean, line.scale, beta, slope, a, b);
                }
            }
        });
        total(sums, dbeta);
        total(products, dgamma);
    }

    /** Adds a row to what a piece has summed; nothing if nobody wants it. */
    private static void add(float[] row, float factor, double[] sums, int at) {
        if (sums.length > 0) {
            for (int j = 0; j < row.length; j++) {
                sums[at + j] += row[j] * factor;
            }
        }
    }

    /** Adds up the pieces. */
    private void total(double[] perPiece, float @Nullable [] target) {
        if (target != null) {
            for (int j = 0; j < width; j++) {
                double sum = 0;
                for (int at = j; at < perPiece.length; at += width) {
                    sum += perPiece[at];
                }
                target[j] = (float) sum;
            }
        }
    }

    /** The constants of {@link NormLoops} along a row. */
    private final class Line {
        final float[] mean = new float[width];
        final float[] scale = new float[width];

        /** Of a row with this mean and variance; returns {@code 1 / sqrt(variance + eps)}. */
        float of(float mean, float variance) {
            float inverse = (float) (1 / Math.sqrt(variance + spec.eps()));
            Arrays.fill(this.mean, mean);
            for (int j = 0; j < width; j++) {
                scale[j] = inverse * gamma[j];
            }
            return inverse;
        }
    }
}
