package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.cpu.Workers;
import dev.obverse.backend.cpu.conv.Tail;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The end of a convolution, {@link Tail}, on results that are still in a cache. */
final class Tails {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private Tails() {}

    /** A pass of its own, behind an algorithm that ends with a sum: {@code rows} rows of {@code length} pixels. */
    static void run(Tail tail, int rows, int length, int channels, float[] y) {
        if (!tail.isNothing()) {
            Workers.run(rows, r -> {
                for (int p = r * length; p < (r + 1) * length; p++) {
                    row(tail, y, p * channels, 0, channels);
                }
            });
        }
    }

    /** On {@code width} channels from {@code channel} on of the pixels that begin at {@code out[from]} and on. */
    static void rows(Tail tail, float[] c, int[] out, int from, int to, int channel, int width) {
        var slopes = tail.slopes();
        if (tail.residual() == null && slopes != null && width == 2 * L) {
            activate(slopes, tail.high(), c, out, from, to, channel);
            return;
        }
        for (int p = from; p < to; p++) {
            row(tail, c, channel + out[p], channel, width);
        }
    }

    /** One pixel. */
    static void row(Tail tail, float[] c, int o, int channel, int width) {
        var residual = tail.residual();
        if (residual != null) {
            add(residual, c, o, width);
        }
        var slopes = tail.slopes();
        if (slopes != null) {
            activate(slopes, tail.high(), c, o, channel, width);
        }
    }

    /** Two vectors of every pixel. */
    private static void activate(float[] slopes, float high, float[] c, int[] out, int from, int to, int channel) {
        var low = fromArray(F, slopes, channel);
        var next = fromArray(F, slopes, channel + L);
        for (int p = from; p < to; p++) {
            int o = channel + out[p];
            activated(fromArray(F, c, o), low, high).intoArray(c, o);
            activated(fromArray(F, c, o + L), next, high).intoArray(c, o + L);
        }
    }

    private static void add(float[] residual, float[] c, int o, int width) {
        int i = 0;
        for (; i <= width - L; i += L) {
            fromArray(F, c, o + i).add(fromArray(F, residual, o + i)).intoArray(c, o + i);
        }
        for (; i < width; i++) {
            c[o + i] += residual[o + i];
        }
    }

    static void activate(float[] slopes, float high, float[] c, int o, int channel, int width) {
        int i = 0;
        for (; i <= width - L; i += L) {
            activated(fromArray(F, c, o + i), fromArray(F, slopes, channel + i), high)
                    .intoArray(c, o + i);
        }
        for (; i < width; i++) {
            float v = c[o + i];
            float leaky = v > 0f ? v : slopes[channel + i] * v;
            c[o + i] = leaky > high ? high : leaky;
        }
    }

    /** {@code min(leaky(v), high)}. */
    static FloatVector activated(FloatVector v, FloatVector slope, float high) {
        var leaky = v.mul(slope).blend(v, v.compare(VectorOperators.GT, 0f));
        return leaky.blend(high, leaky.compare(VectorOperators.GT, high));
    }
}
