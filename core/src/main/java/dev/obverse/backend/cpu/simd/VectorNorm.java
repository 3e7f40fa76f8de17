package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.cpu.NormLoops;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Normalisation on vectors. Sums over rows without a vector tail take four rows at a time, so that a column's constants
 * and totals are loaded once for four elements; everything else goes through memory in its order.
 */
public final class VectorNorm implements NormLoops {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    @Override
    public void addMoments(float[] x, int o, int rows, int width, float[] origin, float[] sum, float[] squares) {
        int r = 0;
        if (width % L == 0) {
            for (; r <= rows - 4; r += 4) {
                addFourMoments(x, o + r * width, width, origin, sum, squares);
            }
        }
        for (; r < rows; r++) {
            int at = o + r * width;
            int whole = F.loopBound(width);
            for (int j = 0; j < whole; j += L) {
                var d = fromArray(F, x, at + j).sub(fromArray(F, origin, j));
                fromArray(F, sum, j).add(d).intoArray(sum, j);
                d.fma(d, fromArray(F, squares, j)).intoArray(squares, j);
            }
            for (int j = whole; j < width; j++) {
                float d = x[at + j] - origin[j];
                sum[j] += d;
                squares[j] += d * d;
            }
        }
    }

    private static void addFourMoments(float[] x, int o, int width, float[] origin, float[] sum, float[] squares) {
        for (int j = 0; j < width; j += L) {
            int at = o + j;
            var k = fromArray(F, origin, j);
            var d0 = fromArray(F, x, at).sub(k);
            var d1 = fromArray(F, x, at + width).sub(k);
            var d2 = fromArray(F, x, at + 2 * width).sub(k);
            var d3 = fromArray(F, x, at + 3 * width).sub(k);
            fromArray(F, sum, j).add(d0.add(d1).add(d2.add(d3))).intoArray(sum, j);
            var s01 = d0.fma(d0, d1.mul(d1));
            var s23 = d2.fma(d2, d3.mul(d3));
            fromArray(F, squares, j).add(s01.add(s23)).intoArray(squares, j);
        }
    }

    @Override
    public void normalize(
            float[] x, float[] y, int o, int n, int width, float[] mean, float[] scale, float[] shift, float slope) {
        for (int start = 0; start < n; start += width) {
            int at = o + start;
            int count = Math.min(width, n - start);
            int whole = F.loopBound(count);
            for (int j = 0; j < whole; j += L) {
                var z = z(x, at + j, fromArray(F, mean, j), fromArray(F, scale, j), fromArray(F, shift, j));
                leaky(z, z, slope).intoArray(y, at + j);
            }
            for (int j = whole; j < count; j++) {
                float z = (x[at + j] - mean[j]) * scale[j] + shift[j];
                y[at + j] = z > 0 ? z : slope * z;
            }
        }
    }

    private static FloatVector z(float[] x, int at, FloatVector mean, FloatVector scale, FloatVector shift) {
        return fromArray(F, x, at).sub(mean).fma(scale, shift);
    }

    /** {@code z > 0 ? v : slope v}. */
    private static FloatVector leaky(FloatVector z, FloatVector v, float slope) {
        return v.mul(slope).blend(v, z.compare(VectorOperators.GT, 0f));
    }

    @Override
    public void addGradients(
            float[] x,
            float[] dy,
            int o,
            int rows,
            int width,
            float[] mean,
            float[] scale,
            float[] shift,
            float slope,
            float[] sum,
            float[] products) {
        int r = 0;
        if (width % L == 0) {
            for (; r <= rows - 4; r += 4) {
                addFourGradients(x, dy, o + r * width, width, mean, scale, shift, slope, sum, products);
            }
        }
        for (; r < rows; r++) {
            int at = o + r * width;
            int whole = F.loopBound(width);
            for (int j = 0; j < whole; j += L) {
                var d = fromArray(F, x, at + j).sub(fromArray(F, mean, j));
                var z = d.fma(fromArray(F, scale, j), fromArray(F, shift, j));
                var dz = leaky(z, fromArray(F, dy, at + j), slope);
                fromArray(F, sum, j).add(dz).intoArray(sum, j);
                dz.fma(d, fromArray(F, products, j)).intoArray(products, j);
            }
            for (int j = whole; j < width; j++) {
                float d = x[at + j] - mean[j];
                float dz = d * scale[j] + shift[j] > 0 ? dy[at + j] : slope * dy[at + j];
                sum[j] += dz;
                products[j] += dz * d;
            }
        }
    }

    private static void addFourGradients(
            float[] x,
            float[] dy,
            int o,
            int width,
            float[] mean,
            float[] scale,
            float[] shift,
            float slope,
            float[] sum,
            float[] products) {
        for (int j = 0; j < width; j += L) {
            int at = o + j;
            var m = fromArray(F, mean, j);
            var a = fromArray(F, scale, j);
            var b = fromArray(F, shift, j);
            var d0 = fromArray(F, x, at).sub(m);
            var d1 = fromArray(F, x, at + width).sub(m);
            var d2 = fromArray(F, x, at + 2 * width).sub(m);
            var d3 = fromArray(F, x, at + 3 * width).sub(m);
            var g0 = leaky(d0.fma(a, b), fromArray(F, dy, at), slope);
            var g1 = leaky(d1.fma(a, b), fromArray(F, dy, at + width), slope);
            var g2 = leaky(d2.fma(a, b), fromArray(F, dy, at + 2 * width), slope);
            var g3 = leaky(d3.fma(a, b), fromArray(F, dy, at + 3 * width), slope);
            fromArray(F, sum, j).add(g0.add(g1).add(g2.add(g3))).intoArray(sum, j);
            var p01 = g0.fma(d0, g1.mul(d1));
            var p23 = g2.fma(d2, g3.mul(d3));
            fromArray(F, products, j).add(p01.add(p23)).intoArray(products, j);
        }
    }

    @Override
    public void gradient(
            float[] x,
            float[] dy,
            float[] dx,
            int o,
            int n,
            int width,
            float[] mean,
            float[] scale,
            float[] shift,
            float slope,
            float[] a,
            float[] b) {
        for (int start = 0; start < n; start += width) {
            int at = o + start;
            int count = Math.min(width, n - start);
            int whole = F.loopBound(count);
            for (int j = 0; j < whole; j += L) {
                var d = fromArray(F, x, at + j).sub(fromArray(F, mean, j));
                var s = fromArray(F, scale, j);
                var dz = leaky(d.fma(s, fromArray(F, shift, j)), fromArray(F, dy, at + j), slope);
                var rest = d.fma(fromArray(F, a, j), fromArray(F, b, j));
                dz.fma(s, rest).intoArray(dx, at + j);
            }
            for (int j = whole; j < count; j++) {
                float d = x[at + j] - mean[j];
                float dz = d * scale[j] + shift[j] > 0 ? dy[at + j] : slope * dy[at + j];
                dx[at + j] = dz * scale[j] + (d * a[j] + b[j]);
            }
        }
    }
}
