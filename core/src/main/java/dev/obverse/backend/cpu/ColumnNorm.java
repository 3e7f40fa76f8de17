package dev.obverse.backend.cpu;

import dev.obverse.backend.NormSpec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Normalisation where the elements of a group are columns of rows: batch, instance and group norm of channels-last
 * data.
 *
 * <p>Each sample ({@code a}) is {@code r1} rows of {@code b r2} columns, cut into blocks by shape. Each direction reads
 * memory twice: a pass of sums over each block, in float, and a pass that writes; in between, blocks are joined in
 * double and in order.
 *
 * <p>A block's squares are taken about the mean of the block's first rows. Were these a share {@code p} of the block,
 * their mean would differ from the block's by at most {@code sqrt((1 - p) / p)} deviations, whatever the data; so with
 * an eighth of the block, cancellation costs three bits at most, where a single row as origin could cost nine.
 */
final class ColumnNorm {
    /** Share of a block whose mean is the origin of its squares: one in this many rows. */
    private static final int ORIGIN = 8;

    /** Shorter blocks would spend their time on adding up the sums of long rows. */
    private static final int LEAST_ROWS = 128;

    private final NormSpec spec;
    private final NormLoops loops;
    private final float[] gamma;
    private final float[] beta;
    private final Columns columns;
    private final int sample;
    private final int block;
    private final int blocks;

    ColumnNorm(NormSpec spec, NormLoops loops, float[] gamma, float[] beta) {
        this.spec = spec;
        this.loops = loops;
        this.gamma = gamma;
        this.beta = beta;
        this.columns = Columns.of(spec.columns());
        this.sample = spec.r1() * spec.columns();
        this.block = (int) Math.min(sample, Math.max(columns.block(), (long) LEAST_ROWS * columns.width()));
        this.blocks = (sample - 1) / block + 1;
    }

    void normalize(float[] x, float[] mean, float[] variance, float[] y) {
        if (spec.ownStatistics()) {
            statistics(x, mean, variance);
        }
        var inverse = inverse(variance);
        overBlocks(true, (p, start, n) -> {
            var line = new Line(p / blocks, mean, inverse);
            loops.normalize(x, y, start, n, columns.width(), line.mean, line.scale, line.shift, (float) spec.slope());
        });
    }

    private void statistics(float[] x, float[] mean, float[] variance) {
        int c = spec.columns();
        var means = new double[spec.a() * blocks * c];
        var deviations = new double[means.length];
        overBlocks(false, (p, start, n) -> moments(x, start, n, means, deviations, p * c));
        Pieces.overRows(spec.a(), (long) blocks * c, (from, to) -> {
            for (int a = from; a < to; a++) {
                join(a, means, deviations, mean, variance);
            }
        });
    }

    /** Mean, and sum of squared deviations from it, of each column of a block. */
    private void moments(float[] x, int start, int n, double[] means, double[] deviations, int at) {
        int c = spec.columns();
        int width = columns.width();
        var sum = new float[width];
        var squares = new float[width];
        int first = Math.min(n, Math.max(1, n / width / ORIGIN) * width);
        addMoments(x, start, first, new float[width], sum, squares);
        var origin = new double[c];
        columns.fold(sum, origin, 0);
        var rounded = new float[c];
        int firstRows = first / c;
        for (int i = 0; i < c; i++) {
            rounded[i] = (float) (origin[i] / firstRows);
        }
        Arrays.fill(sum, 0);
        Arrays.fill(squares, 0);
        addMoments(x, start, n, columns.repeat(rounded, 0), sum, squares);
        columns.fold(sum, means, at);
        columns.fold(squares, deviations, at);
        int rows = n / c;
        for (int i = 0; i < c; i++) {
            double d = means[at + i] / rows;
            means[at + i] = rounded[i] + d;
            deviations[at + i] = Math.max(0, deviations[at + i] - rows * d * d);
        }
    }

    private void addMoments(float[] x, int start, int n, float[] origin, float[] sum, float[] squares) {
        int width = columns.width();
        int whole = n / width;
        loops.addMoments(x, start, whole, width, origin, sum, squares);
        loops.addMoments(x, start + whole * width, 1, n - whole * width, origin, sum, squares);
    }

    /** Joins the blocks of a sample, then the columns of each group. */
    private void join(int a, double[] means, double[] deviations, float[] mean, float[] variance) {
        int c = spec.columns();
        var joined = new double[c];
        for (int k = 0; k < blocks; k++) {
            double share = (double) rows(k) / spec.r1();
            int at = (a * blocks + k) * c;
            for (int i = 0; i < c; i++) {
                joined[i] += share * means[at + i];
            }
        }
        var squares = new double[c];
        for (int k = 0; k < blocks; k++) {
            double rows = rows(k);
            int at = (a * blocks + k) * c;
            for (int i = 0; i < c; i++) {
                double d = means[at + i] - joined[i];
                squares[i] += deviations[at + i] + rows * d * d;
            }
        }
        for (int g = 0; g < spec.b(); g++) {
            double m = 0;
            for (int i = g * spec.r2(); i < (g + 1) * spec.r2(); i++) {
                m += joined[i] / spec.r2();
            }
            double v = 0;
            for (int i = g * spec.r2(); i < (g + 1) * spec.r2(); i++) {
                v += squares[i] + spec.r1() * (joined[i] - m) * (joined[i] - m);
            }
            mean[a * spec.b() + g] = (float) m;
            variance[a * spec.b() + g] = (float) (v / spec.groupSize());
        }
    }

    private int rows(int block) {
        return Math.min(this.block, sample - block * this.block) / spec.columns();
    }

    void gradient(
            float[] x,
            float[] mean,
            float[] variance,
            float[] dy,
            float @Nullable [] dx,
            float @Nullable [] dgamma,
            float @Nullable [] dbeta) {
        int c = spec.columns();
        var inverse = inverse(variance);
        var sums = new double[spec.a() * c];
        var products = new double[sums.length];
        if (spec.ownStatistics() || dgamma != null || dbeta != null) {
            sums(x, dy, mean, inverse, sums, products);
        }
        if (dbeta != null) {
            total(sums, dbeta);
        }
        if (dgamma != null) {
            total(products, dgamma);
        }
        if (dx == null) {
            return;
        }
        var a = new float[spec.groups()];
        var b = new float[spec.groups()];
        if (spec.ownStatistics()) {
            for (int g = 0; g < a.length; g++) {
                a[g] = (float) (-groupMean(g, products) * inverse[g] * inverse[g]);
                b[g] = (float) (-groupMean(g, sums) * inverse[g]);
            }
        }
        overBlocks(true, (p, start, n) -> {
            int s = p / blocks;
            var line = new Line(s, mean, inverse);
            loops.gradient(
                    x,
                    dy,
                    dx,
                    start,
                    n,
                    columns.width(),
                    line.mean,
                    line.scale,
                    line.shift,
                    (float) spec.slope(),
                    spread(a, s),
                    spread(b, s));
        });
    }

    /** Sums of {@code dz} and of {@code dz xhat} over the rows of each sample. */
    private void sums(float[] x, float[] dy, float[] mean, float[] inverse, double[] sums, double[] products) {
        int c = spec.columns();
        var blockSums = new double[blocks * sums.length];
        var blockProducts = new double[blockSums.length];
        overBlocks(false, (p, start, n) -> {
            var line = new Line(p / blocks, mean, inverse);
            int width = columns.width();
            int whole = n / width;
            int rest = n - whole * width;
            float slope = (float) spec.slope();
            var sum = new float[width];
            var product = new float[width];
            loops.addGradients(x, dy, start, whole, width, line.mean, line.scale, line.shift, slope, sum, product);
            loops.addGradients(
                    x, dy, start + whole * width, 1, rest, line.mean, line.scale, line.shift, slope, sum, product);
            columns.fold(sum, blockSums, p * c);
            columns.fold(product, blockProducts, p * c);
        });
        for (int p = 0; p < spec.a() * blocks; p++) {
            int s = p / blocks;
            for (int i = 0; i < c; i++) {
                sums[s * c + i] += blockSums[p * c + i];
                products[s * c + i] += blockProducts[p * c + i] * inverse[s * spec.b() + i / spec.r2()];
            }
        }
    }

    /** Adds up the samples. */
    private void total(double[] perSample, float[] target) {
        int c = spec.columns();
        for (int i = 0; i < c; i++) {
            double sum = 0;
            for (int at = i; at < perSample.length; at += c) {
                sum += perSample[at];
            }
            target[i] = (float) sum;
        }
    }

    /** Mean over a group of {@code gamma} times what was summed over the rows of each column. */
    private double groupMean(int g, double[] perColumn) {
        int first = g % spec.b() * spec.r2();
        double sum = 0;
        for (int i = first; i < first + spec.r2(); i++) {
            sum += gamma[i] * perColumn[g / spec.b() * spec.columns() + i];
        }
        return sum / spec.groupSize();
    }

    private float[] inverse(float[] variance) {
        var inverse = new float[spec.groups()];
        for (int g = 0; g < inverse.length; g++) {
            inverse[g] = (float) (1 / Math.sqrt(variance[g] + spec.eps()));
        }
        return inverse;
    }

    /** The constants of {@link NormLoops} along a row of sample {@code s}. */
    private final class Line {
        final float[] mean;
        final float[] scale;
        final float[] shift = columns.repeat(beta, 0);

        Line(int s, float[] means, float[] inverse) {
            mean = spread(means, s);
            scale = spread(inverse, s);
            for (int j = 0; j < scale.length; j++) {
                scale[j] *= gamma[j % gamma.length];
            }
        }
    }

    /** A sample's values per group as a row of one value per column. */
    private float[] spread(float[] perGroup, int s) {
        if (spec.r2() == 1) {
            return columns.repeat(perGroup, s * spec.b());
        }
        var perColumn = new float[spec.columns()];
        for (int i = 0; i < perColumn.length; i++) {
            perColumn[i] = perGroup[s * spec.b() + i / spec.r2()];
        }
        return columns.repeat(perColumn, 0);
    }

    private interface Block {
        /** Block {@code p}, {@code n} elements from {@code start} on. */
        void run(int p, int start, int n);
    }

    /** @param backwards the last block first: what the pass before read last may still be in the cache */
    private void overBlocks(boolean backwards, Block body) {
        int count = spec.a() * blocks;
        Pieces.overRows(count, block, (from, to) -> {
            for (int i = from; i < to; i++) {
                int p = backwards ? count - 1 - i : i;
                int first = p % blocks * block;
                body.run(p, p / blocks * sample + first, Math.min(block, sample - first));
            }
        });
    }
}
