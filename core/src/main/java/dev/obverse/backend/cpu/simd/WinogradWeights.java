package dev.obverse.backend.cpu.simd;

import static dev.obverse.backend.cpu.conv.WinogradTiles.SOURCE;
import static dev.obverse.backend.cpu.simd.WinogradPoints.A;
import static dev.obverse.backend.cpu.simd.WinogradPoints.A2;
import static dev.obverse.backend.cpu.simd.WinogradPoints.AT_0;
import static dev.obverse.backend.cpu.simd.WinogradPoints.AT_A;
import static dev.obverse.backend.cpu.simd.WinogradPoints.AT_B;
import static dev.obverse.backend.cpu.simd.WinogradPoints.B;
import static dev.obverse.backend.cpu.simd.WinogradPoints.B2;
import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.cpu.conv.Correlation;
import dev.obverse.backend.cpu.conv.Panels;
import dev.obverse.backend.cpu.conv.Scratch;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The transform {@code W g W'} of 3x3 weights to 36 points, in panels; see {@link WinogradPoints}. */
final class WinogradWeights {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;
    static final int TAPS = 9;

    private WinogradWeights() {}

    /**
     * Transforms the weights from source channels {@code from} up to {@code to} to the {@code width} result channels
     * from {@code column} on: point {@code i} of source channel {@code c} becomes the row {@code packed[o +
     * i*pointStride + (c - from)*width]}.
     */
    static void panel(
            Correlation at,
            float[] weight,
            int from,
            int to,
            int column,
            int width,
            float[] packed,
            int o,
            int pointStride) {
        var taps = Scratch.floats(Scratch.TILE, (long) TAPS * (to - from) * width);
        gather(at, weight, from, to, column, width, taps, 0);
        points(taps, 0, (to - from) * width, packed, o, pointStride);
    }

    /** Transforms {@code stride} weights per tap, as {@link #gather} has left them at {@code taps[from]}. */
    static void points(float[] taps, int from, int stride, float[] packed, int o, int pointStride) {
        var half = Scratch.floats(Scratch.HALF, 3L * SOURCE * L);
        for (int c = 0; c < stride; c += L) {
            for (int x = 0; x < 3; x++) {
                transform(taps, from + x * stride + c, 3 * stride, half, x * L, 3 * L);
            }
            for (int y = 0; y < SOURCE; y++) {
                transform(half, y * 3 * L, L, packed, o + c + y * SOURCE * pointStride, pointStride);
            }
        }
    }

    /** Brings the weights into the order {@code [tap, source channel, result channel]}, from {@code taps[taken]} on. */
    static void gather(
            Correlation at, float[] weight, int from, int to, int column, int width, float[] taps, int taken) {
        int source = at.sourceChannels();
        int result = at.resultChannels();
        for (int t = 0; t < TAPS; t++) {
            int kernel = at.taps().get(t).kernel();
            int o = taken + t * (to - from) * width;
            if (at.transposed()) {
                int w = (kernel * result + column) * source + from;
                Panels.transpose(weight, w, source, width, to - from, taps, o, width);
            } else {
                int w = (kernel * source + from) * result + column;
                Panels.copy(weight, w, result, width, to - from, taps, o, width);
            }
        }
    }

    /** {@code W g} of three vectors {@code from[i + k*stride]}. */
    private static void transform(float[] from, int i, int stride, float[] to, int o, int outStride) {
        FloatVector g0 = fromArray(F, from, i);
        FloatVector g1 = fromArray(F, from, i + stride);
        FloatVector g2 = fromArray(F, from, i + 2 * stride);
        g0.mul(AT_0).intoArray(to, o);
        var even = g2.mul(A2).add(g0).mul(AT_A);
        var odd = g1.mul(A * AT_A);
        even.add(odd).intoArray(to, o + outStride);
        even.sub(odd).intoArray(to, o + 2 * outStride);
        even = g2.mul(B2).add(g0).mul(AT_B);
        odd = g1.mul(B * AT_B);
        even.add(odd).intoArray(to, o + 3 * outStride);
        even.sub(odd).intoArray(to, o + 4 * outStride);
        g2.intoArray(to, o + 5 * outStride);
    }
}
