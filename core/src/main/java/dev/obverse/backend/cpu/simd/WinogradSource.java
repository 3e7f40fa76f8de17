package dev.obverse.backend.cpu.simd;

import static dev.obverse.backend.cpu.conv.WinogradTiles.RESULT;
import static dev.obverse.backend.cpu.conv.WinogradTiles.SOURCE;
import static dev.obverse.backend.cpu.simd.WinogradPoints.A;
import static dev.obverse.backend.cpu.simd.WinogradPoints.A2;
import static dev.obverse.backend.cpu.simd.WinogradPoints.A2B2;
import static dev.obverse.backend.cpu.simd.WinogradPoints.B;
import static dev.obverse.backend.cpu.simd.WinogradPoints.B2;
import static dev.obverse.backend.cpu.simd.WinogradPoints.SUM;
import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.cpu.conv.ImageParts;
import dev.obverse.backend.cpu.conv.Scratch;
import dev.obverse.backend.cpu.conv.WinogradTiles;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The transform {@code D d D'} of the tiles' 6x6 source pixels, many channels at once; see {@link WinogradPoints}.
 *
 * <p>Neighbouring tiles of a row share pixels, so the transform along columns runs over a strip of them: it reads six
 * rows of the image from end to end, as the hardware likes it, into a strip that stays in the L1 cache.
 */
final class WinogradSource {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    /** Floats of a strip: two thirds of a 48 KiB L1 cache. */
    private static final int STRIP = 8192;

    private WinogradSource() {}

    /**
     * Transforms {@code count} tiles from {@code first} on; point {@code i} of channel {@code c} of the tile number
     * {@code first + t} goes to {@code u[i*pointStride + c/L*chunk + t*pitch + c%L]}. Pixels outside the image are
     * zero.
     */
    static void tiles(
            WinogradTiles tiles,
            int first,
            int count,
            ImageParts source,
            float[] u,
            int pointStride,
            int chunk,
            int uo,
            int pitch) {
        for (int i = 0; i < source.count(); i++) {
            int channels = source.channels()[i];
            part(tiles, first, count, source.arrays()[i], channels, u, pointStride, chunk, uo, pitch);
            uo += channels / L * chunk;
        }
    }

    private static void part(
            WinogradTiles tiles,
            int first,
            int count,
            float[] source,
            int channels,
            float[] u,
            int pointStride,
            int chunk,
            int uo,
            int pitch) {
        int longest = Math.max(1, (STRIP / (SOURCE * channels) - 2) / RESULT);
        for (int t = 0; t < count; ) {
            int left = tiles.across() - (first + t) % tiles.across();
            int length = Math.min(Math.min(longest, left), count - t);
            int width = (length * RESULT + 2) * channels;
            var strip = Scratch.floats(Scratch.HALF, (long) SOURCE * width);
            columns(tiles, first + t, width, source, channels, strip);
            for (int i = 0; i < length; i++) {
                rows(strip, width, i * RESULT * channels, channels, u, uo + (t + i) * pitch, pointStride, chunk);
            }
            t += length;
        }
    }

    /** Transforms along columns the {@code width} floats of six source rows that begin with those of a tile. */
    private static void columns(WinogradTiles tiles, int tile, int width, float[] source, int channels, float[] strip) {
        var at = tiles.at();
        int row = tiles.row(tile) + tiles.firstRow();
        int column = tiles.column(tile) + tiles.firstColumn();
        int from = ((tiles.image(tile) * at.sourceH() + row) * at.sourceW() + column) * channels;
        int stride = at.sourceW() * channels;
        int before = Math.clamp(-column, 0, width / channels) * channels;
        int after = Math.clamp((long) (at.sourceW() - column) * channels, before, width);
        if (row >= 0 && row + SOURCE <= at.sourceH()) {
            columns(source, from, stride, strip, width, before, after);
        } else {
            var patch = Scratch.floats(Scratch.TILE, (long) SOURCE * width);
            for (int r = 0; r < SOURCE; r++) {
                if (row + r >= 0 && row + r < at.sourceH()) {
                    System.arraycopy(source, from + r * stride + before, patch, r * width + before, after - before);
                } else {
                    Arrays.fill(patch, r * width + before, r * width + after, 0f);
                }
            }
            columns(patch, 0, width, strip, width, before, after);
        }
        for (int r = 0; r < SOURCE; r++) {
            Arrays.fill(strip, r * width, r * width + before, 0f);
            Arrays.fill(strip, r * width + after, (r + 1) * width, 0f);
        }
    }

    private static void columns(float[] source, int from, int stride, float[] strip, int width, int before, int after) {
        for (int i = before; i < after; i += L) {
            transform(source, from + i, stride, strip, i, width);
        }
    }

    /** Transforms along rows all channels of one tile of a strip. */
    private static void rows(
            float[] strip, int width, int from, int channels, float[] u, int uo, int pointStride, int chunk) {
        for (int c = 0; c < channels; c += L) {
            int to = uo + c / L * chunk;
            for (int y = 0; y < SOURCE; y++) {
                transform(strip, y * width + from + c, channels, u, to + y * SOURCE * pointStride, pointStride);
            }
        }
    }

    /** {@code D d} of six vectors {@code from[i + k*stride]}. */
    private static void transform(float[] from, int i, int stride, float[] to, int o, int outStride) {
        FloatVector d0 = fromArray(F, from, i);
        FloatVector d1 = fromArray(F, from, i + stride);
        FloatVector d2 = fromArray(F, from, i + 2 * stride);
        FloatVector d3 = fromArray(F, from, i + 3 * stride);
        FloatVector d4 = fromArray(F, from, i + 4 * stride);
        FloatVector d5 = fromArray(F, from, i + 5 * stride);
        var minusA2 = FloatVector.broadcast(F, -A2);
        var minusB2 = FloatVector.broadcast(F, -B2);
        var minusSum = FloatVector.broadcast(F, -SUM);
        var both = FloatVector.broadcast(F, A2B2);
        d0.fma(both, d2.fma(minusSum, d4)).intoArray(to, o);
        var even = d2.fma(minusB2, d4);
        var odd = d1.fma(minusB2, d3).mul(A);
        even.add(odd).intoArray(to, o + outStride);
        even.sub(odd).intoArray(to, o + 2 * outStride);
        even = d2.fma(minusA2, d4);
        odd = d1.fma(minusA2, d3).mul(B);
        even.add(odd).intoArray(to, o + 3 * outStride);
        even.sub(odd).intoArray(to, o + 4 * outStride);
        d1.fma(both, d3.fma(minusSum, d5)).intoArray(to, o + 5 * outStride);
    }
}
