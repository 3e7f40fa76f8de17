package dev.obverse.backend.cpu;

import static dev.obverse.backend.cpu.CpuStorage.array;
import static dev.obverse.backend.cpu.CpuStorage.change;

import dev.obverse.backend.OuterProductKernels;
import dev.obverse.backend.OuterProducts;
import dev.obverse.backend.Storage;
import dev.obverse.backend.cpu.OptimizerLoops.AdamStep;
import dev.obverse.backend.cpu.conv.Scratch;
import java.util.Arrays;

/** Optimiser steps, one pass over memory each. */
final class CpuOptimizer implements OuterProductKernels {
    /** Above, making an element of the gradient costs more than reading it. */
    private static final int MOST_OUTER_PRODUCTS = 16;

    /** Elements of a weight above which its gradient leaves the cache before the optimiser reads it. */
    private static final int LARGE = 1 << 21;

    /** Columns of the gradient that one piece makes: with a few rows of {@code b} they fit into the L2 cache. */
    private static final int STRIP = 8192;

    /** Quadruples of rows that one piece makes. */
    private static final int FOURS = 4;

    private final OptimizerLoops loops;

    CpuOptimizer(OptimizerLoops loops) {
        this.loops = loops;
    }

    @Override
    public void adam(Adam s, Storage w, Storage gradient, Storage firstMoment, Storage secondMoment, int n) {
        var step = folded(s);
        var gs = array(gradient);
        var first = array(firstMoment);
        var second = array(secondMoment);
        change(w, ws -> Pieces.over(n, (from, to) -> loops.adam(step, ws, gs, from, first, second, from, to - from)));
    }

    @Override
    public boolean keepsOuterProducts(int rows, int m, int n) {
        return rows <= MOST_OUTER_PRODUCTS && (long) m * n >= LARGE;
    }

    /**
     * A piece makes four rows of a strip of the gradient at a time, and uses them while they are in the cache. Pieces
     * of one strip follow each other, so that its part of {@code b} is read from memory once.
     */
    @Override
    public void adam(Adam s, Storage w, OuterProducts gradient, Storage firstMoment, Storage secondMoment) {
        var step = folded(s);
        var first = array(firstMoment);
        var second = array(secondMoment);
        int m = gradient.m();
        int n = gradient.n();
        int rows = Pieces.roundUp(gradient.rows(), 4);
        int columns = Pieces.roundUp(m, 4);
        var a = padded(Scratch.PACKED, array(gradient.a()), gradient.rows(), m, rows, columns);
        var b = padded(Scratch.PARTIAL, array(gradient.b()), gradient.rows(), n, rows, n);
        int fours = columns / 4;
        int parts = (fours + FOURS - 1) / FOURS;
        int strips = (n + STRIP - 1) / STRIP;
        change(
                w,
                ws -> Workers.run(strips * parts, p -> {
                    int column = p / parts * STRIP;
                    int length = Math.min(STRIP, n - column);
                    var gs = Scratch.floats(Scratch.TILE, 4 * STRIP);
                    int from = p % parts * FOURS;
                    for (int i = from; i < Math.min(fours, from + FOURS); i++) {
                        loops.outerProducts(rows, a, columns, i, b, n, column, gs, length);
                        for (int r = 0; r < Math.min(4, m - 4 * i); r++) {
                            loops.adam(step, ws, gs, r * length, first, second, (4 * i + r) * n + column, length);
                        }
                    }
                }));
    }

    /** {@code matrix [rows,columns]}, with zeros behind its rows and columns if it is to have more of them. */
    private static float[] padded(int slot, float[] matrix, int rows, int columns, int toRows, int toColumns) {
        if (rows == toRows && columns == toColumns) {
            return matrix;
        }
        var padded = Scratch.floats(slot, (long) toRows * toColumns);
        Arrays.fill(padded, 0, toRows * toColumns, 0f);
        for (int i = 0; i < rows; i++) {
            System.arraycopy(matrix, i * columns, padded, i * toColumns, columns);
        }
        return padded;
    }

    private static AdamStep folded(Adam s) {
        return new AdamStep(
                (float) s.gradientScale(),
                (float) (s.decoupled() ? 1 - s.lr() * s.weightDecay() : 1),
                (float) (s.decoupled() ? 0 : s.weightDecay()),
                (float) (1 - s.beta1()),
                (float) s.beta2(),
                (float) (1 - s.beta2()),
                (float) Math.sqrt(1 - Math.pow(s.beta2(), s.step())),
                (float) s.eps(),
                (float) (s.lr() / (1 - Math.pow(s.beta1(), s.step()))));
    }

    @Override
    public void sgd(Sgd s, Storage w, Storage gradient, Storage velocity, int n) {
        float lr = (float) s.lr();
        float momentum = (float) s.momentum();
        float decay = (float) s.weightDecay();
        float scale = (float) s.gradientScale();
        var gs = array(gradient);
        var vs = array(velocity);
        boolean nesterov = s.nesterov();
        change(
                w,
                ws -> Pieces.over(
                        n, (from, to) -> loops.sgd(lr, momentum, decay, nesterov, scale, ws, gs, vs, from, to - from)));
    }

    @Override
    public void ema(double decay, Storage w, Storage average, int n) {
        var ws = array(w);
        change(
                average,
                averages -> Pieces.over(
                        n, (from, to) -> loops.ema((float) decay, (float) (1 - decay), ws, averages, from, to - from)));
    }

    @Override
    public double sumOfSquares(Storage x, int n) {
        var xs = array(x);
        var partial = new double[(n + Pieces.GRAIN - 1) / Pieces.GRAIN];
        Workers.run(partial.length, p -> {
            int from = p * Pieces.GRAIN;
            partial[p] = loops.sumOfSquares(xs, from, Math.min(Pieces.GRAIN, n - from));
        });
        double sum = 0;
        for (double part : partial) {
            sum += part;
        }
        return sum;
    }

    /**
     * {@code sum((aᵀ b)²)} is the sum of the products of the elements of {@code a aᵀ} and {@code b bᵀ}, two small
     * matrices.
     */
    @Override
    public double sumOfSquares(OuterProducts x) {
        int rows = x.rows();
        var as = array(x.a());
        var bs = array(x.b());
        var partial = new double[rows * rows];
        Workers.run(partial.length, p -> {
            int i = p / rows;
            int j = p % rows;
            if (i <= j) {
                double product = dot(as, i * x.m(), j * x.m(), x.m()) * dot(bs, i * x.n(), j * x.n(), x.n());
                partial[p] = i == j ? product : 2 * product;
            }
        });
        return Math.max(0, Arrays.stream(partial).reduce(0, Double::sum));
    }

    private static double dot(float[] x, int i, int j, int n) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int whole = n / 4 * 4;
        for (int k = 0; k < whole; k += 4) {
            s0 += (double) x[i + k] * x[j + k];
            s1 += (double) x[i + k + 1] * x[j + k + 1];
            s2 += (double) x[i + k + 2] * x[j + k + 2];
            s3 += (double) x[i + k + 3] * x[j + k + 3];
        }
        for (int k = whole; k < n; k++) {
            s0 += (double) x[i + k] * x[j + k];
        }
        return s0 + s1 + (s2 + s3);
    }
}
