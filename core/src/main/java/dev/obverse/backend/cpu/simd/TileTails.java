package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.cpu.conv.Tail;
import jdk.incubator.vector.VectorSpecies;

/** The end of a convolution, {@link Tail}, on the way of a panel's sums from a buffer to the result. */
final class TileTails {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private TileTails() {}

    /**
     * {@code result = tail(sums + bias)} for {@code rows} pixels of a panel.
     *
     * @param sums {@code [2][rows][L]}, one vector of the panel {@code plane} floats from the other
     * @param channel first channel of the panel
     * @param o first pixel's first element of the panel in the result, and in the residual
     * @param width floats from one pixel of the result to the next
     */
    static void run(
            Tail tail, float[] sums, int plane, int rows, float[] bias, int channel, float[] result, int o, int width) {
        var residual = tail.residual();
        var slopes = tail.slopes();
        if (residual != null) {
            add(residual, sums, plane, rows, bias, channel, result, o, width);
            if (slopes != null) {
                for (int r = 0; r < rows; r++) {
                    Tails.activate(slopes, tail.high(), result, o + r * width, channel, 2 * L);
                }
            }
        } else if (slopes == null) {
            plain(sums, plane, rows, bias, channel, result, o, width);
        } else {
            activate(slopes, tail.high(), sums, plane, rows, bias, channel, result, o, width);
        }
    }

    private static void plain(
            float[] sums, int plane, int rows, float[] bias, int channel, float[] result, int o, int width) {
        var b0 = fromArray(F, bias, channel);
        var b1 = fromArray(F, bias, channel + L);
        int to = o;
        for (int r = 0; r < rows; r++) {
            fromArray(F, sums, r * L).add(b0).intoArray(result, to);
            fromArray(F, sums, plane + r * L).add(b1).intoArray(result, to + L);
            to += width;
        }
    }

    private static void add(
            float[] residual,
            float[] sums,
            int plane,
            int rows,
            float[] bias,
            int channel,
            float[] result,
            int o,
            int width) {
        var b0 = fromArray(F, bias, channel);
        var b1 = fromArray(F, bias, channel + L);
        int to = o;
        for (int r = 0; r < rows; r++) {
            fromArray(F, sums, r * L).add(b0).add(fromArray(F, residual, to)).intoArray(result, to);
            fromArray(F, sums, plane + r * L)
                    .add(b1)
                    .add(fromArray(F, residual, to + L))
                    .intoArray(result, to + L);
            to += width;
        }
    }

    private static void activate(
            float[] slopes,
            float high,
            float[] sums,
            int plane,
            int rows,
            float[] bias,
            int channel,
            float[] result,
            int o,
            int width) {
        var b0 = fromArray(F, bias, channel);
        var b1 = fromArray(F, bias, channel + L);
        var k0 = fromArray(F, slopes, channel);
        var k1 = fromArray(F, slopes, channel + L);
        int to = o;
        for (int r = 0; r < rows; r++) {
            var v0 = fromArray(F, sums, r * L).add(b0);
            var v1 = fromArray(F, sums, plane + r * L).add(b1);
            Tails.activated(v0, k0, high).intoArray(result, to);
            Tails.activated(v1, k1, high).intoArray(result, to + L);
            to += width;
        }
    }
}
