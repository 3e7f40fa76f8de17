package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.F2D;
import static jdk.incubator.vector.VectorOperators.SQRT;

import dev.obverse.backend.cpu.OptimizerLoops;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/** Optimiser steps on vectors. */
public final class VectorOptimizer implements OptimizerLoops {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final VectorSpecies<Double> D = DoubleVector.SPECIES_PREFERRED;
    private static final int L = Lanes.LENGTH;

    @Override
    public void adam(AdamStep s, float[] w, float[] gradient, int go, float[] first, float[] second, int o, int n) {
        int end = o + F.loopBound(n);
        float gradientScale = s.gradientScale();
        float shrink = s.shrink();
        float decay = s.decay();
        float fresh1 = s.fresh1();
        float beta2 = s.beta2();
        float fresh2 = s.fresh2();
        float rootCorrection = s.rootCorrection();
        float eps = s.eps();
        float stepSize = s.stepSize();
        int away = go - o;
        for (int i = o; i < end; i += L) {
            var weight = fromArray(F, w, i);
            var g = fromArray(F, gradient, away + i).mul(gradientScale).add(weight.mul(decay));
            var m = fromArray(F, first, i);
            m = m.add(g.sub(m).mul(fresh1));
            var v = fromArray(F, second, i).mul(beta2).add(g.mul(g).mul(fresh2));
            var denominator = v.lanewise(SQRT).div(rootCorrection).add(eps);
            m.intoArray(first, i);
            v.intoArray(second, i);
            weight.mul(shrink).sub(m.div(denominator).mul(stepSize)).intoArray(w, i);
        }
        for (int i = end; i < o + n; i++) {
            float g = gradient[away + i] * gradientScale + w[i] * decay;
            float m = first[i] + (g - first[i]) * fresh1;
            float v = second[i] * beta2 + g * g * fresh2;
            first[i] = m;
            second[i] = v;
            w[i] = w[i] * shrink - m / ((float) Math.sqrt(v) / rootCorrection + eps) * stepSize;
        }
    }

    @Override
    public void outerProducts(int rows, float[] a, int m, int i, float[] b, int columns, int from, float[] c, int n) {
        int ao = 4 * i;
        int whole = ao + 4 <= m ? F.loopBound(n) : 0;
        Arrays.fill(c, 0, whole > 0 ? 4 * n : 0, 0f);
        for (int q = 0; q < rows && whole > 0; q += 4) {
            four(Math.min(4, rows - q), a, q * m + ao, m, b, q * columns + from, columns, c, n, whole);
        }
        for (int r = 0; r < Math.min(4, m - ao); r++) {
            for (int j = whole; j < n; j++) {
                float sum = 0;
                for (int q = 0; q < rows; q++) {
                    sum = Math.fma(b[q * columns + from + j], a[q * m + ao + r], sum);
                }
                c[r * n + j] = sum;
            }
        }
    }

    /** Adds up to four outer products, whose scalars stay in registers, to four rows of {@code c}. */
    private static void four(
            int count, float[] a, int ao, int lda, float[] b, int bo, int ldb, float[] c, int ldc, int n) {
        // Fewer than four products: the last one again, times zero.
        float some1 = count > 1 ? 1 : 0;
        float some2 = count > 2 ? 1 : 0;
        float some3 = count > 3 ? 1 : 0;
        int step1 = count > 1 ? 1 : 0;
        int step2 = count > 2 ? 2 : step1;
        int step3 = count > 3 ? 3 : step2;
        int a1 = ao + step1 * lda;
        int a2 = ao + step2 * lda;
        int a3 = ao + step3 * lda;
        int b1 = step1 * ldb;
        int b2 = step2 * ldb;
        int b3 = step3 * ldb;
        var x00 = broadcast(F, a[ao]);
        var x01 = broadcast(F, a[a1] * some1);
        var x02 = broadcast(F, a[a2] * some2);
        var x03 = broadcast(F, a[a3] * some3);
        var x10 = broadcast(F, a[ao + 1]);
        var x11 = broadcast(F, a[a1 + 1] * some1);
        var x12 = broadcast(F, a[a2 + 1] * some2);
        var x13 = broadcast(F, a[a3 + 1] * some3);
        var x20 = broadcast(F, a[ao + 2]);
        var x21 = broadcast(F, a[a1 + 2] * some1);
        var x22 = broadcast(F, a[a2 + 2] * some2);
        var x23 = broadcast(F, a[a3 + 2] * some3);
        var x30 = broadcast(F, a[ao + 3]);
        var x31 = broadcast(F, a[a1 + 3] * some1);
        var x32 = broadcast(F, a[a2 + 3] * some2);
        var x33 = broadcast(F, a[a3 + 3] * some3);
        for (int j = 0; j < n; j += L) {
            int o = bo + j;
            var w0 = fromArray(F, b, o);
            var w1 = fromArray(F, b, o + b1);
            var w2 = fromArray(F, b, o + b2);
            var w3 = fromArray(F, b, o + b3);
            int t = j;
            x03.fma(w3, x02.fma(w2, x01.fma(w1, x00.fma(w0, fromArray(F, c, t)))))
                    .intoArray(c, t);
            t += ldc;
            x13.fma(w3, x12.fma(w2, x11.fma(w1, x10.fma(w0, fromArray(F, c, t)))))
                    .intoArray(c, t);
            t += ldc;
            x23.fma(w3, x22.fma(w2, x21.fma(w1, x20.fma(w0, fromArray(F, c, t)))))
                    .intoArray(c, t);
            t += ldc;
            x33.fma(w3, x32.fma(w2, x31.fma(w1, x30.fma(w0, fromArray(F, c, t)))))
                    .intoArray(c, t);
        }
    }

    @Override
    public void sgd(
            float lr,
            float momentum,
            float decay,
            boolean nesterov,
            float gradientScale,
            float[] w,
            float[] gradient,
            float[] velocity,
            int o,
            int n) {
        int end = o + F.loopBound(n);
        for (int i = o; i < end; i += L) {
            var weight = fromArray(F, w, i);
            var g = fromArray(F, gradient, i).mul(gradientScale).add(weight.mul(decay));
            var v = fromArray(F, velocity, i).mul(momentum).add(g);
            v.intoArray(velocity, i);
            if (nesterov) {
                weight.sub(g.add(v.mul(momentum)).mul(lr)).intoArray(w, i);
            } else {
                weight.sub(v.mul(lr)).intoArray(w, i);
            }
        }
        for (int i = end; i < o + n; i++) {
            float g = gradient[i] * gradientScale + w[i] * decay;
            float v = velocity[i] * momentum + g;
            velocity[i] = v;
            w[i] -= (nesterov ? g + v * momentum : v) * lr;
        }
    }

    @Override
    public void ema(float decay, float fresh, float[] w, float[] average, int o, int n) {
        int end = o + F.loopBound(n);
        for (int i = o; i < end; i += L) {
            fromArray(F, average, i)
                    .mul(decay)
                    .add(fromArray(F, w, i).mul(fresh))
                    .intoArray(average, i);
        }
        for (int i = end; i < o + n; i++) {
            average[i] = average[i] * decay + w[i] * fresh;
        }
    }

    @Override
    public double sumOfSquares(float[] x, int o, int n) {
        var low = DoubleVector.zero(D);
        var high = low;
        int end = o + F.loopBound(n);
        for (int i = o; i < end; i += L) {
            var v = fromArray(F, x, i);
            var a = (DoubleVector) v.convertShape(F2D, D, 0);
            var b = (DoubleVector) v.convertShape(F2D, D, 1);
            low = a.fma(a, low);
            high = b.fma(b, high);
        }
        var lanes = low.add(high).toArray();
        double sum = 0;
        for (double lane : lanes) {
            sum += lane;
        }
        for (int i = end; i < o + n; i++) {
            sum += (double) x[i] * x[i];
        }
        return sum;
    }
}
