package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The LeakyReLU that ends a convolution, on a tile of pixels that is still in the L1 or L2 cache. */
final class Leaky {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private Leaky() {}

    /** {@code v > 0 ? v : slope*v}. */
    static FloatVector of(FloatVector v, float slope) {
        return v.mul(slope).blend(v, v.compare(VectorOperators.GT, 0f));
    }

    /** {@code v > 0 ? v : slope*v} on {@code width} channels of pixels {@code from} up to {@code to}. */
    static void rows(float slope, float[] c, int[] out, int from, int to, int co, int width) {
        for (int p = from; p < to; p++) {
            row(slope, c, co + out[p], width);
        }
    }

    private static void row(float slope, float[] c, int o, int width) {
        int i = 0;
        for (; i <= width - L; i += L) {
            of(fromArray(F, c, o + i), slope).intoArray(c, o + i);
        }
        for (; i < width; i++) {
            float v = c[o + i];
            c[o + i] = v > 0f ? v : slope * v;
        }
    }
}
