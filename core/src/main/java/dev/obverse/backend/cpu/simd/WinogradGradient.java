package dev.obverse.backend.cpu.simd;

import static dev.obverse.backend.cpu.conv.WinogradTiles.RESULT;
import static dev.obverse.backend.cpu.conv.WinogradTiles.SOURCE;
import static dev.obverse.backend.cpu.simd.WinogradPoints.A;
import static dev.obverse.backend.cpu.simd.WinogradPoints.A2;
import static dev.obverse.backend.cpu.simd.WinogradPoints.B;
import static dev.obverse.backend.cpu.simd.WinogradPoints.B2;
import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.cpu.conv.Scratch;
import dev.obverse.backend.cpu.conv.WinogradTiles;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The transform of a tile's 4x4 gradients, as the weights of a F(3x3, 4x4) whose source is the tile's 6x6 pixels and
 * whose result is its share of the gradient of the 3x3 weights. Row {@code p} is {@code [1, p, p^2, p^3]};
 * {@link WinogradDelta} divides by {@code N(p)}, once per weight instead of once per tile. See {@link WinogradPoints}.
 */
final class WinogradGradient {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;
    private static final int PANEL = Lanes.PANEL;

    private WinogradGradient() {}

    /**
     * Transforms {@code count} tiles from {@code first} on into panels: point {@code i} of channel {@code c} of tile
     * {@code first + t} goes to {@code v[c/PANEL*panelStride + i*pointStride + (to + t)*width + c%PANEL]}, where
     * {@code width} is that of the channel's panel. Pixels outside the image have no gradient.
     */
    static void tiles(
            WinogradTiles tiles,
            int first,
            int count,
            float[] dy,
            float[] v,
            int to,
            int pointStride,
            int panelStride) {
        var at = tiles.at();
        int channels = at.resultChannels();
        int stride = at.columns() * channels;
        var half = Scratch.floats(Scratch.HALF, (long) RESULT * SOURCE * L);
        int image = tiles.image(first);
        int row = tiles.row(first);
        int column = tiles.column(first);
        for (int t = to; t < to + count; t++) {
            int from = ((image * at.rows() + row) * at.columns() + column) * channels;
            int rows = Math.min(RESULT, at.rows() - row);
            int columns = Math.min(RESULT, at.columns() - column);
            if (rows == RESULT && columns == RESULT) {
                channels(dy, from, stride, channels, half, v, t, pointStride, panelStride);
            } else {
                var patch = Scratch.floats(Scratch.TILE, (long) RESULT * RESULT * channels);
                Arrays.fill(patch, 0, RESULT * RESULT * channels, 0f);
                for (int r = 0; r < rows; r++) {
                    System.arraycopy(dy, from + r * stride, patch, r * RESULT * channels, columns * channels);
                }
                channels(patch, 0, RESULT * channels, channels, half, v, t, pointStride, panelStride);
            }
            column += RESULT;
            if (column >= at.columns()) {
                column = 0;
                row += RESULT;
                if (row >= at.rows()) {
                    row = 0;
                    image++;
                }
            }
        }
    }

    private static void channels(
            float[] dy,
            int from,
            int rowStride,
            int channels,
            float[] half,
            float[] v,
            int t,
            int pointStride,
            int panelStride) {
        for (int c = 0; c < channels; c += L) {
            for (int x = 0; x < RESULT; x++) {
                transform(dy, from + x * channels + c, rowStride, half, x * L, RESULT * L);
            }
            int width = channels - c / PANEL * PANEL > L ? PANEL : L;
            int o = c / PANEL * panelStride + t * width + c % PANEL;
            for (int y = 0; y < SOURCE; y++) {
                transform(half, y * RESULT * L, L, v, o + y * SOURCE * pointStride, pointStride);
            }
        }
    }

    /** Four vectors {@code from[i + k*stride]} to six. */
    private static void transform(float[] from, int i, int stride, float[] to, int o, int outStride) {
        FloatVector g0 = fromArray(F, from, i);
        FloatVector g1 = fromArray(F, from, i + stride);
        FloatVector g2 = fromArray(F, from, i + 2 * stride);
        FloatVector g3 = fromArray(F, from, i + 3 * stride);
        var a2 = FloatVector.broadcast(F, A2);
        var b2 = FloatVector.broadcast(F, B2);
        g0.intoArray(to, o);
        var even = g2.fma(a2, g0);
        var odd = g3.fma(a2, g1).mul(A);
        even.add(odd).intoArray(to, o + outStride);
        even.sub(odd).intoArray(to, o + 2 * outStride);
        even = g2.fma(b2, g0);
        odd = g3.fma(b2, g1).mul(B);
        even.add(odd).intoArray(to, o + 3 * outStride);
        even.sub(odd).intoArray(to, o + 4 * outStride);
        g3.intoArray(to, o + 5 * outStride);
    }
}
