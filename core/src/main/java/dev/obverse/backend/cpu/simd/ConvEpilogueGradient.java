package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.cpu.Workers;
import dev.obverse.backend.cpu.conv.Scratch;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/** Gradient of the bias and LeakyReLU that end a convolution. */
public final class ConvEpilogueGradient {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    /** Values of one piece: few enough that the sum over pixels finds them in the cache. */
    private static final int CHUNK = 1 << 14;

    private ConvEpilogueGradient() {}

    /**
     * {@code dz = dy * (y > 0 ? 1 : slope)}, which for {@code slope >= 0} reads the sign before the LeakyReLU from its
     * result, and {@code dbias[c]}, the sum of {@code dz} over pixels.
     *
     * @param y {@code [pixels,channels]}, the result of the forward pass; not read if slope is 1
     * @param dy {@code [pixels,channels]}
     * @param dz {@code [pixels,channels]}, overwritten
     * @param dbias {@code [channels]}, overwritten, or null
     */
    public static void run(
            int pixels, int channels, float slope, float[] y, float[] dy, float[] dz, float @Nullable [] dbias) {
        int chunk = Math.max(1, CHUNK / Math.max(1, channels));
        int pieces = (pixels + chunk - 1) / chunk;
        float[] partial = dbias == null ? null : Scratch.floats(Scratch.PARTIAL, (long) pieces * channels);
        Workers.run(pieces, i -> {
            int from = i * chunk;
            int to = Math.min(from + chunk, pixels);
            if (slope == 1f) {
                System.arraycopy(dy, from * channels, dz, from * channels, (to - from) * channels);
            } else {
                scale(slope, y, dy, dz, from * channels, to * channels);
            }
            if (partial != null) {
                sums(dz, from, to, channels, partial, i * channels);
            }
        });
        if (dbias != null && partial != null) {
            for (int c = 0; c < channels; c++) {
                float sum = 0f;
                for (int i = 0; i < pieces; i++) {
                    sum += partial[i * channels + c];
                }
                dbias[c] = sum;
            }
        }
    }

    private static void scale(float slope, float[] y, float[] dy, float[] dz, int from, int to) {
        int i = from;
        for (; i <= to - L; i += L) {
            FloatVector d = fromArray(F, dy, i);
            d.mul(slope)
                    .blend(d, fromArray(F, y, i).compare(VectorOperators.GT, 0f))
                    .intoArray(dz, i);
        }
        for (; i < to; i++) {
            dz[i] = y[i] > 0f ? dy[i] : slope * dy[i];
        }
    }

    /** Sums over pixels {@code from} up to {@code to}, one per channel, to {@code sums[o..]}. */
    private static void sums(float[] dz, int from, int to, int channels, float[] sums, int o) {
        int c = 0;
        for (; c <= channels - L; c += L) {
            var even = FloatVector.zero(F);
            var odd = FloatVector.zero(F);
            int p = from;
            for (; p < to - 1; p += 2) {
                even = even.add(fromArray(F, dz, p * channels + c));
                odd = odd.add(fromArray(F, dz, (p + 1) * channels + c));
            }
            if (p < to) {
                even = even.add(fromArray(F, dz, p * channels + c));
            }
            even.add(odd).intoArray(sums, o + c);
        }
        for (; c < channels; c++) {
            float sum = 0f;
            for (int p = from; p < to; p++) {
                sum += dz[p * channels + c];
            }
            sums[o + c] = sum;
        }
    }
}
