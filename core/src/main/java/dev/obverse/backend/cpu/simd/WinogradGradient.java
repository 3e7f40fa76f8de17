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
 *
 * <p>The strips between the two transforms are those of {@link WinogradSource}, but neighbours share no pixels.
 */
final class WinogradGradient {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private WinogradGradient() {}

    /** Floats from one row of strips to the next. */
    private static int rowStride(WinogradTiles tiles, int count) {
        return count * RESULT * tiles.at().resultChannels() + Lanes.LINE;
    }

    /** Floats of the strips of {@code count} tiles. */
    static long stripSize(WinogradTiles tiles, int count) {
        return (long) SOURCE * rowStride(tiles, count);
    }

    /**
     * Transforms {@code count} tiles from {@code first} on: point {@code i} of channel {@code c} of tile {@code first +
     * t} goes to {@code v[vo + i*pointStride + c/L*chunk + t*L + c%L]}.
     */
    static void tiles(
            WinogradTiles tiles, int first, int count, float[] dy, float[] v, int vo, int pointStride, int chunk) {
        var strips = Scratch.floats(Scratch.HALF, stripSize(tiles, count));
        columns(tiles, first, count, dy, strips);
        for (int y = 0; y < SOURCE; y++) {
            rows(tiles, count, strips, y, v, vo + y * SOURCE * pointStride, pointStride, chunk);
        }
    }

    /** Transforms along columns. Pixels outside the image have no gradient. */
    static void columns(WinogradTiles tiles, int first, int count, float[] dy, float[] strips) {
        var at = tiles.at();
        int channels = at.resultChannels();
        int rowStride = rowStride(tiles, count);
        for (int t = 0; t < count; ) {
            int run = tiles.run(first + t, count - t);
            int row = tiles.row(first + t);
            int column = tiles.column(first + t);
            int width = Math.min(run * RESULT, at.columns() - column);
            int stride = at.columns() * channels;
            int from = (tiles.image(first + t) * at.rows() + row) * stride + column * channels;
            var pixels = dy;
            int rows = at.rows() - row;
            if (rows < RESULT) {
                int length = width * channels;
                pixels = Scratch.floats(Scratch.TILE, (long) RESULT * length);
                for (int r = 0; r < rows; r++) {
                    System.arraycopy(dy, from + r * stride, pixels, r * length, length);
                }
                Arrays.fill(pixels, rows * length, RESULT * length, 0f);
                from = 0;
                stride = length;
            }
            int chunk = count * RESULT * L;
            int to = t * RESULT * L;
            if (channels / L < width) {
                for (int c = 0; c < channels / L; c++) {
                    column(pixels, from + c * L, stride, channels, strips, to + c * chunk, rowStride, L, width);
                }
            } else {
                for (int p = 0; p < width; p++) {
                    column(pixels, from + p * channels, stride, L, strips, to + p * L, rowStride, chunk, channels / L);
                }
            }
            for (int r = 0; r < SOURCE; r++) {
                for (int c = 0; c < channels / L; c++) {
                    int o = to + r * rowStride + c * chunk;
                    Arrays.fill(strips, o + width * L, o + run * RESULT * L, 0f);
                }
            }
            t += run;
        }
    }

    /** Transforms row {@code y} of the strips along rows, to the six points that {@link #tiles} describes. */
    static void rows(
            WinogradTiles tiles, int count, float[] strips, int y, float[] v, int vo, int pointStride, int chunk) {
        int from = y * rowStride(tiles, count);
        for (int c = 0; c < tiles.at().resultChannels() / L; c++) {
            row(strips, from + c * count * RESULT * L, v, vo + c * chunk, pointStride, count);
        }
    }

    /** {@code count} columns of four pixels to six each. */
    private static void column(
            float[] from, int i0, int stride, int step, float[] to, int o0, int outStride, int outStep, int count) {
        int o1 = o0 + outStride;
        int o2 = o1 + outStride;
        int o3 = o2 + outStride;
        int o4 = o3 + outStride;
        int o5 = o4 + outStride;
        for (int p = 0; p < count; p++) {
            int i = i0 + p * step;
            int o = p * outStep;
            FloatVector g0 = fromArray(F, from, i);
            FloatVector g1 = fromArray(F, from, i + stride);
            FloatVector g2 = fromArray(F, from, i + 2 * stride);
            FloatVector g3 = fromArray(F, from, i + 3 * stride);
            var a2 = FloatVector.broadcast(F, A2);
            var b2 = FloatVector.broadcast(F, B2);
            g0.intoArray(to, o0 + o);
            var even = g2.fma(a2, g0);
            var odd = g3.fma(a2, g1).mul(A);
            even.add(odd).intoArray(to, o1 + o);
            even.sub(odd).intoArray(to, o2 + o);
            even = g2.fma(b2, g0);
            odd = g3.fma(b2, g1).mul(B);
            even.add(odd).intoArray(to, o3 + o);
            even.sub(odd).intoArray(to, o4 + o);
            g3.intoArray(to, o5 + o);
        }
    }

    /** {@code count} rows of four pixels, one after the other, to six points each. */
    private static void row(float[] from, int i0, float[] to, int o0, int outStride, int count) {
        int o1 = o0 + outStride;
        int o2 = o1 + outStride;
        int o3 = o2 + outStride;
        int o4 = o3 + outStride;
        int o5 = o4 + outStride;
        for (int t = 0; t < count * L; t += L) {
            int i = i0 + t * RESULT;
            FloatVector g0 = fromArray(F, from, i);
            FloatVector g1 = fromArray(F, from, i + L);
            FloatVector g2 = fromArray(F, from, i + 2 * L);
            FloatVector g3 = fromArray(F, from, i + 3 * L);
            var a2 = FloatVector.broadcast(F, A2);
            var b2 = FloatVector.broadcast(F, B2);
            g0.intoArray(to, o0 + t);
            var even = g2.fma(a2, g0);
            var odd = g3.fma(a2, g1).mul(A);
            even.add(odd).intoArray(to, o1 + t);
            even.sub(odd).intoArray(to, o2 + t);
            even = g2.fma(b2, g0);
            odd = g3.fma(b2, g1).mul(B);
            even.add(odd).intoArray(to, o3 + t);
            even.sub(odd).intoArray(to, o4 + t);
            g3.intoArray(to, o5 + t);
        }
    }
}
