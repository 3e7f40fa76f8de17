package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.cpu.ResampleLoops;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Bilinear resizing on vectors. */
public final class VectorResample implements ResampleLoops {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    @Override
    public void blend(float[] a, int ao, float[] b, int bo, float weight, float[] y, int yo, int n) {
        float other = 1 - weight;
        int whole = F.loopBound(n);
        for (int i = 0; i < whole; i += L) {
            fromArray(F, a, ao + i)
                    .mul(other)
                    .add(fromArray(F, b, bo + i).mul(weight))
                    .intoArray(y, yo + i);
        }
        for (int i = whole; i < n; i++) {
            y[yo + i] = other * a[ao + i] + weight * b[bo + i];
        }
    }

    @Override
    public void addScaled(float weight, float[] x, int xo, float[] y, int yo, int n) {
        int whole = F.loopBound(n);
        for (int i = 0; i < whole; i += L) {
            fromArray(F, y, yo + i).add(fromArray(F, x, xo + i).mul(weight)).intoArray(y, yo + i);
        }
        for (int i = whole; i < n; i++) {
            y[yo + i] += weight * x[xo + i];
        }
    }

    @Override
    public void blendPixels(float[] x, int xo, int[] left, int[] right, float[] weight, int c, float[] y, int yo) {
        int whole = F.loopBound(c);
        for (int p = 0; p < weight.length; p++) {
            float w = weight[p];
            float other = 1 - w;
            int l = xo + left[p] * c;
            int r = xo + right[p] * c;
            int o = yo + p * c;
            for (int j = 0; j < whole; j += L) {
                fromArray(F, x, l + j)
                        .mul(other)
                        .add(fromArray(F, x, r + j).mul(w))
                        .intoArray(y, o + j);
            }
            for (int j = whole; j < c; j++) {
                y[o + j] = other * x[l + j] + w * x[r + j];
            }
        }
    }

    @Override
    public void spreadPixels(float[] dy, int yo, int[] left, int[] right, float[] weight, int c, float[] dx, int xo) {
        int whole = F.loopBound(c);
        for (int p = 0; p < weight.length; p++) {
            float w = weight[p];
            float other = 1 - w;
            int l = xo + left[p] * c;
            int r = xo + right[p] * c;
            int o = yo + p * c;
            for (int j = 0; j < whole; j += L) {
                var g = fromArray(F, dy, o + j);
                add(g.mul(other), dx, l + j);
                add(g.mul(w), dx, r + j);
            }
            for (int j = whole; j < c; j++) {
                dx[l + j] += other * dy[o + j];
                dx[r + j] += w * dy[o + j];
            }
        }
    }

    private static void add(FloatVector v, float[] target, int o) {
        fromArray(F, target, o).add(v).intoArray(target, o);
    }
}
