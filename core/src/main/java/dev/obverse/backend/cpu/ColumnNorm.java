package dev.obverse.backend.cpu;

import dev.obverse.backend.NormSpec;

/**
 * Normalisation where the elements of a group are columns of rows: batch, instance and group norm of channels-last
 * data.
 *
 * <p>Each sample ({@code a}) is {@code r1} rows of {@code b r2} columns, cut into blocks that stay in the second-level
 * cache. A block takes its own mean, then its squared deviations from that mean, so memory is read once; blocks, and
 * the {@code r2} columns of a group, are joined by the formula of Chan, Golub and LeVeque ("Updating Formulae and a
 * Pairwise Algorithm for Computing Sample Variances", 1979), in double and in order.
 */
final class ColumnNorm {
    private final NormSpec spec;
    private final double eps;
    private final ReduceLoops reduce;
    private final NormLoops loops;
    private final Columns columns;
    private final int sample;
    private final int block;
    private final int blocks;

    ColumnNorm(NormSpec spec, double eps, ReduceLoops reduce, NormLoops loops) {
        this.spec = spec;
        this.eps = eps;
        this.reduce = reduce;
        this.loops = loops;
        this.columns = Columns.of(spec.b() * spec.r2());
        this.sample = spec.r1() * columns.columns();
        this.block = Math.min(sample, columns.block());
        this.blocks = (sample - 1) / block + 1;
    }

    void normalize(float[] x, float[] y, float[] mean, float[] variance) {
        int c = columns.columns();
        var means = new double[spec.a() * blocks * c];
        var deviations = new double[means.length];
        overBlocks((p, start, n) -> statistics(x, start, n, means, deviations, p * c));
        var inverse = new float[spec.groups()];
        Pieces.overRows(spec.a(), (long) blocks * c, (from, to) -> {
            for (int a = from; a < to; a++) {
                for (int g = 0; g < spec.b(); g++) {
                    join(a, g, means, deviations, mean, variance);
                    int i = a * spec.b() + g;
                    inverse[i] = (float) (1 / Math.sqrt(variance[i] + eps));
                }
            }
        });
        overBlocks((p, start, n) -> loops.normalizeRows(
                x, y, start, n, columns.width(), spread(mean, p / blocks), spread(inverse, p / blocks)));
    }

    private void statistics(float[] x, int start, int n, double[] means, double[] deviations, int at) {
        int c = columns.columns();
        int rows = n / c;
        int width = columns.width();
        int whole = n / width;
        int rest = n - whole * width;
        var total = new float[width];
        reduce.addRows(x, start, width, whole, width, total, 0);
        reduce.addRows(x, start + whole * width, 0, 1, rest, total, 0);
        columns.fold(total, means, at);
        var mean = new float[c];
        for (int i = 0; i < c; i++) {
            means[at + i] /= rows;
            mean[i] = (float) means[at + i];
        }
        var row = columns.repeat(mean, 0);
        java.util.Arrays.fill(total, 0);
        reduce.addSquaredDeviations(x, start, whole, width, row, total);
        reduce.addSquaredDeviations(x, start + whole * width, 1, rest, row, total);
        columns.fold(total, deviations, at);
        for (int i = 0; i < c; i++) {
            double error = means[at + i] - mean[i];
            deviations[at + i] = Math.max(0, deviations[at + i] - rows * error * error);
        }
    }

    private void join(int a, int g, double[] means, double[] deviations, float[] mean, float[] variance) {
        double count = 0;
        double joined = 0;
        double squares = 0;
        for (int k = 0; k < blocks; k++) {
            int n = Math.min(block, sample - k * block) / columns.columns();
            int at = (a * blocks + k) * columns.columns() + g * spec.r2();
            for (int i = at; i < at + spec.r2(); i++) {
                double delta = means[i] - joined;
                squares += deviations[i] + delta * delta * count * n / (count + n);
                count += n;
                joined += delta * n / count;
            }
        }
        mean[a * spec.b() + g] = (float) joined;
        variance[a * spec.b() + g] = (float) (squares / count);
    }

    void gradient(float[] y, float[] variance, float[] dy, float[] dx) {
        int c = columns.columns();
        var sums = new double[spec.a() * blocks * c];
        var products = new double[sums.length];
        overBlocks((p, start, n) -> {
            int width = columns.width();
            int whole = n / width;
            int rest = n - whole * width;
            var total = new float[width];
            reduce.addRows(dy, start, width, whole, width, total, 0);
            reduce.addRows(dy, start + whole * width, 0, 1, rest, total, 0);
            columns.fold(total, sums, p * c);
            java.util.Arrays.fill(total, 0);
            reduce.addProducts(dy, y, start, whole, width, total);
            reduce.addProducts(dy, y, start + whole * width, 1, rest, total);
            columns.fold(total, products, p * c);
        });
        var meanDy = groupMeans(sums);
        var meanDyY = groupMeans(products);
        var inverse = new float[spec.groups()];
        for (int i = 0; i < inverse.length; i++) {
            inverse[i] = (float) (1 / Math.sqrt(variance[i] + eps));
        }
        overBlocks((p, start, n) -> {
            int a = p / blocks;
            loops.gradientRows(
                    y, dy, dx, start, n, columns.width(), spread(meanDy, a), spread(meanDyY, a), spread(inverse, a));
        });
    }

    private float[] groupMeans(double[] partial) {
        var result = new float[spec.groups()];
        Pieces.overRows(spec.a(), (long) blocks * columns.columns(), (from, to) -> {
            for (int a = from; a < to; a++) {
                for (int g = 0; g < spec.b(); g++) {
                    double sum = 0;
                    for (int k = 0; k < blocks; k++) {
                        int at = (a * blocks + k) * columns.columns() + g * spec.r2();
                        for (int i = at; i < at + spec.r2(); i++) {
                            sum += partial[i];
                        }
                    }
                    result[a * spec.b() + g] = (float) (sum / spec.groupSize());
                }
            }
        });
        return result;
    }

    /** One sample's values per group as a row of one value per column. */
    private float[] spread(float[] perGroup, int a) {
        if (spec.r2() == 1) {
            return columns.repeat(perGroup, a * spec.b());
        }
        var perColumn = new float[columns.columns()];
        for (int i = 0; i < perColumn.length; i++) {
            perColumn[i] = perGroup[a * spec.b() + i / spec.r2()];
        }
        return columns.repeat(perColumn, 0);
    }

    private interface Block {
        /** Block {@code p}, {@code n} elements from {@code start} on. */
        void run(int p, int start, int n);
    }

    private void overBlocks(Block body) {
        Pieces.overRows(spec.a() * blocks, block, (from, to) -> {
            for (int p = from; p < to; p++) {
                int first = p % blocks * block;
                body.run(p, p / blocks * sample + first, Math.min(block, sample - first));
            }
        });
    }
}
