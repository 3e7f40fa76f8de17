package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.cpu.ReduceLoops;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Reductions on vectors. Lanes are added up by {@link #total}, never by {@code reduceLanes(ADD)}: the order of the
 * latter is unspecified and does differ between the interpreter and compiled code.
 */
public final class VectorReduce implements ReduceLoops {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    /** Elements summed in float before the sum goes on in double. */
    private static final int RUN = 256 * L;

    /** Rows summed in registers before their sum goes to the total. */
    private static final int SHORT_RUN = 64;

    @Override
    public double sum(float[] x, int o, int n) {
        double sum = 0;
        var lanes = new float[L];
        for (int start = 0; start < n; start += RUN) {
            sumRun(x, o + start, Math.min(RUN, n - start), lanes);
            sum += total(lanes);
        }
        return sum;
    }

    private static void sumRun(float[] x, int o, int n, float[] lanes) {
        var s0 = FloatVector.zero(F);
        var s1 = s0;
        var s2 = s0;
        var s3 = s0;
        int i = 0;
        for (; i <= n - 4 * L; i += 4 * L) {
            s0 = s0.add(fromArray(F, x, o + i));
            s1 = s1.add(fromArray(F, x, o + i + L));
            s2 = s2.add(fromArray(F, x, o + i + 2 * L));
            s3 = s3.add(fromArray(F, x, o + i + 3 * L));
        }
        for (; i <= n - L; i += L) {
            s0 = s0.add(fromArray(F, x, o + i));
        }
        if (i < n) {
            s1 = s1.add(fromArray(F, x, o + i, F.indexInRange(i, n)));
        }
        s0.add(s1).add(s2.add(s3)).intoArray(lanes, 0);
    }

    @Override
    public double dot(float[] a, int ao, float[] b, int bo, int n) {
        double sum = 0;
        var lanes = new float[L];
        for (int start = 0; start < n; start += RUN) {
            dotRun(a, ao + start, b, bo + start, Math.min(RUN, n - start), lanes);
            sum += total(lanes);
        }
        return sum;
    }

    private static void dotRun(float[] a, int ao, float[] b, int bo, int n, float[] lanes) {
        var s0 = FloatVector.zero(F);
        var s1 = s0;
        int i = 0;
        for (; i <= n - 2 * L; i += 2 * L) {
            s0 = fromArray(F, a, ao + i).fma(fromArray(F, b, bo + i), s0);
            s1 = fromArray(F, a, ao + i + L).fma(fromArray(F, b, bo + i + L), s1);
        }
        for (; i < n; i += L) {
            var mask = F.indexInRange(i, n);
            s0 = fromArray(F, a, ao + i, mask).fma(fromArray(F, b, bo + i, mask), s0);
        }
        s0.add(s1).intoArray(lanes, 0);
    }

    @Override
    public double squaredDeviations(float[] x, int o, int n, float mean) {
        double sum = 0;
        var lanes = new float[L];
        for (int start = 0; start < n; start += RUN) {
            deviationRun(x, o + start, Math.min(RUN, n - start), mean, lanes);
            sum += total(lanes);
        }
        return sum;
    }

    private static void deviationRun(float[] x, int o, int n, float mean, float[] lanes) {
        var s0 = FloatVector.zero(F);
        var s1 = s0;
        int i = 0;
        for (; i <= n - 2 * L; i += 2 * L) {
            var d0 = fromArray(F, x, o + i).sub(mean);
            var d1 = fromArray(F, x, o + i + L).sub(mean);
            s0 = d0.fma(d0, s0);
            s1 = d1.fma(d1, s1);
        }
        for (; i < n; i += L) {
            var mask = F.indexInRange(i, n);
            var d = FloatVector.zero(F).blend(fromArray(F, x, o + i, mask).sub(mean), mask);
            s0 = d.fma(d, s0);
        }
        s0.add(s1).intoArray(lanes, 0);
    }

    /** Sum of the lanes, always halves onto halves. */
    private static double total(float[] lanes) {
        for (int half = L / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                lanes[i] += lanes[i + half];
            }
        }
        return lanes[0];
    }

    @Override
    public float max(float[] x, int o, int n) {
        var best = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
        int whole = F.loopBound(n);
        for (int i = 0; i < whole; i += L) {
            best = best.max(fromArray(F, x, o + i));
        }
        float max = best.reduceLanes(VectorOperators.MAX);
        for (int i = whole; i < n; i++) {
            max = Math.max(max, x[o + i]);
        }
        return max;
    }

    @Override
    public void addRows(float[] x, int o, int stride, int rows, int width, float[] total, int to) {
        if (inStrips(width)) {
            for (int r = 0; r < rows; r += SHORT_RUN) {
                for (int j = 0; j < width; j += 4 * L) {
                    addStrip(x, o + r * stride + j, stride, Math.min(SHORT_RUN, rows - r), total, to + j);
                }
            }
            return;
        }
        int whole = F.loopBound(width);
        var all = F.maskAll(true);
        var rest = F.indexInRange(whole, width);
        int r = 0;
        for (; r <= rows - 8; r += 8) {
            int at = o + r * stride;
            for (int j = 0; j < whole; j += L) {
                addEight(x, at + j, stride, total, to + j);
            }
            if (whole < width) {
                addEight(x, at + whole, stride, total, to + whole, rest);
            }
        }
        for (; r < rows; r++) {
            for (int j = 0; j < width; j += L) {
                var mask = j < whole ? all : rest;
                fromArray(F, x, o + r * stride + j, mask)
                        .add(fromArray(F, total, to + j, mask))
                        .intoArray(total, to + j, mask);
            }
        }
    }

    /** Whether a few rows of columns at a time should be summed in registers: all of them whole, and rows not long. */
    private static boolean inStrips(int width) {
        return width % (4 * L) == 0 && width <= 16 * L;
    }

    private static void addStrip(float[] x, int o, int stride, int rows, float[] total, int to) {
        var s0 = FloatVector.zero(F);
        var s1 = s0;
        var s2 = s0;
        var s3 = s0;
        for (int r = 0; r < rows; r++) {
            int at = o + r * stride;
            s0 = s0.add(fromArray(F, x, at));
            s1 = s1.add(fromArray(F, x, at + L));
            s2 = s2.add(fromArray(F, x, at + 2 * L));
            s3 = s3.add(fromArray(F, x, at + 3 * L));
        }
        add(s0, s1, s2, s3, total, to);
    }

    private static void add(FloatVector s0, FloatVector s1, FloatVector s2, FloatVector s3, float[] total, int to) {
        fromArray(F, total, to).add(s0).intoArray(total, to);
        fromArray(F, total, to + L).add(s1).intoArray(total, to + L);
        fromArray(F, total, to + 2 * L).add(s2).intoArray(total, to + 2 * L);
        fromArray(F, total, to + 3 * L).add(s3).intoArray(total, to + 3 * L);
    }

    private static void addEight(float[] x, int o, int stride, float[] total, int to) {
        var s0 = fromArray(F, x, o).add(fromArray(F, x, o + stride));
        var s1 = fromArray(F, x, o + 2 * stride).add(fromArray(F, x, o + 3 * stride));
        var s2 = fromArray(F, x, o + 4 * stride).add(fromArray(F, x, o + 5 * stride));
        var s3 = fromArray(F, x, o + 6 * stride).add(fromArray(F, x, o + 7 * stride));
        fromArray(F, total, to).add(s0.add(s1).add(s2.add(s3))).intoArray(total, to);
    }

    private static void addEight(float[] x, int o, int stride, float[] total, int to, VectorMask<Float> mask) {
        var sum = fromArray(F, total, to, mask);
        for (int r = 0; r < 8; r++) {
            sum = sum.add(fromArray(F, x, o + r * stride, mask));
        }
        sum.intoArray(total, to, mask);
    }

    @Override
    public void maxRows(float[] x, int o, int stride, int rows, int width, float[] total, int to) {
        int whole = F.loopBound(width);
        for (int r = 0; r < rows; r++) {
            int at = o + r * stride;
            for (int j = 0; j < whole; j += L) {
                fromArray(F, total, to + j).max(fromArray(F, x, at + j)).intoArray(total, to + j);
            }
            for (int j = whole; j < width; j++) {
                total[to + j] = Math.max(total[to + j], x[at + j]);
            }
        }
    }
}
