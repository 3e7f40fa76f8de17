package dev.obverse.backend.cpu.simd;

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
        Arrays.fill(c, 0, 4 * n, 0f);
        for (int q = 0; q < rows; q += 4) {
            AddedRows.four(a, q * m + 4 * i, 1, m, b, q * columns + from, columns, c, 0, n);
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
