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
 * <p>Neighbouring tiles of a row share pixels, so the transform along columns runs over strips of them. It leaves six
 * rows of strips, {@code [row][chunk][pixel][lane]} where a chunk is the channels of one vector; the transform along
 * rows takes one of them at a time.
 *
 * <p>Where every index of a loop is a constant times its variable plus something fixed, C2 checks the bounds of all
 * vectors before the loop. A method of one transform, called in a loop, took twice as long.
 */
final class WinogradSource {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private WinogradSource() {}

    /** Floats from one row of strips to the next. */
    private static int rowStride(WinogradTiles tiles, int first, int count) {
        return tiles.pixels(first, count) * tiles.at().sourceChannels() + Lanes.LINE;
    }

    /** Floats of the strips of {@code count} tiles from {@code first} on. */
    static long stripSize(WinogradTiles tiles, int first, int count) {
        return (long) SOURCE * rowStride(tiles, first, count);
    }

    /**
     * Transforms {@code count} tiles from {@code first} on: point {@code i} of channel {@code c} of tile {@code first +
     * t} goes to {@code u[uo + i*pointStride + c/L*chunk + t*L + c%L]}.
     */
    static void tiles(
            WinogradTiles tiles,
            int first,
            int count,
            ImageParts source,
            float[] u,
            int uo,
            int pointStride,
            int chunk) {
        var strips = Scratch.floats(Scratch.STRIP, stripSize(tiles, first, count));
        columns(tiles, first, count, source, strips);
        for (int y = 0; y < SOURCE; y++) {
            rows(tiles, first, count, strips, y, u, uo + y * SOURCE * pointStride, pointStride, chunk);
        }
    }

    /** Transforms along columns. Pixels outside the image are zero. */
    static void columns(WinogradTiles tiles, int first, int count, ImageParts source, float[] strips) {
        int pixels = tiles.pixels(first, count) * L;
        int stride = rowStride(tiles, first, count);
        for (int t = 0, to = 0; t < count; ) {
            int run = tiles.run(first + t, count - t);
            int width = WinogradTiles.pixels(run);
            int o = to;
            for (int i = 0; i < source.count(); i++) {
                int channels = source.channels()[i];
                strip(tiles, first + t, width, source.arrays()[i], channels, strips, o, stride, pixels);
                o += channels / L * pixels;
            }
            to += width * L;
            t += run;
        }
    }

    /** Transforms row {@code y} of the strips along rows, to the six points that {@link #tiles} describes. */
    static void rows(
            WinogradTiles tiles,
            int first,
            int count,
            float[] strips,
            int y,
            float[] u,
            int uo,
            int pointStride,
            int chunk) {
        int pixels = tiles.pixels(first, count) * L;
        int from = y * rowStride(tiles, first, count);
        for (int c = 0; c < tiles.at().sourceChannels() / L; c++) {
            int o = from + c * pixels;
            for (int t = 0; t < count; ) {
                int run = tiles.run(first + t, count - t);
                row(strips, o, u, uo + c * chunk + t * L, pointStride, run);
                o += WinogradTiles.pixels(run) * L;
                t += run;
            }
        }
    }

    /** The strip of {@code width} pixels, from a tile's first on, of all channels of one part of the source. */
    private static void strip(
            WinogradTiles tiles,
            int tile,
            int width,
            float[] source,
            int channels,
            float[] strips,
            int to,
            int rowStride,
            int chunk) {
        var at = tiles.at();
        int row = tiles.row(tile) + tiles.firstRow();
        int column = tiles.column(tile) + tiles.firstColumn();
        int before = Math.clamp(-column, 0, width);
        int after = Math.clamp(at.sourceW() - column, before, width);
        int stride = at.sourceW() * channels;
        int from = (tiles.image(tile) * at.sourceH() + row) * stride + (column + before) * channels;
        var pixels = source;
        if (row < 0 || row + SOURCE > at.sourceH()) {
            int length = (after - before) * channels;
            pixels = Scratch.floats(Scratch.TILE, (long) SOURCE * length);
            for (int r = 0; r < SOURCE; r++) {
                if (row + r >= 0 && row + r < at.sourceH()) {
                    System.arraycopy(source, from + r * stride, pixels, r * length, length);
                } else {
                    Arrays.fill(pixels, r * length, (r + 1) * length, 0f);
                }
            }
            from = 0;
            stride = length;
        }
        to += before * L;
        if (channels / L < after - before) {
            for (int c = 0; c < channels / L; c++) {
                column(pixels, from + c * L, stride, channels, strips, to + c * chunk, rowStride, L, after - before);
            }
        } else {
            for (int p = 0; p < after - before; p++) {
                column(pixels, from + p * channels, stride, L, strips, to + p * L, rowStride, chunk, channels / L);
            }
        }
        for (int r = 0; r < SOURCE; r++) {
            for (int c = 0; c < channels / L; c++) {
                int o = to + r * rowStride + c * chunk;
                Arrays.fill(strips, o - before * L, o, 0f);
                Arrays.fill(strips, o + (after - before) * L, o + (width - before) * L, 0f);
            }
        }
    }

    /** {@code D d} of {@code count} columns of six pixels. */
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
            d0.fma(both, d2.fma(minusSum, d4)).intoArray(to, o0 + o);
            var even = d2.fma(minusB2, d4);
            var odd = d1.fma(minusB2, d3).mul(A);
            even.add(odd).intoArray(to, o1 + o);
            even.sub(odd).intoArray(to, o2 + o);
            even = d2.fma(minusA2, d4);
            odd = d1.fma(minusA2, d3).mul(B);
            even.add(odd).intoArray(to, o3 + o);
            even.sub(odd).intoArray(to, o4 + o);
            d1.fma(both, d3.fma(minusSum, d5)).intoArray(to, o5 + o);
        }
    }

    /** {@code D d} of a row of {@code count} tiles, six pixels each, of which neighbours share two. */
    private static void row(float[] from, int i0, float[] to, int o0, int outStride, int count) {
        int o1 = o0 + outStride;
        int o2 = o1 + outStride;
        int o3 = o2 + outStride;
        int o4 = o3 + outStride;
        int o5 = o4 + outStride;
        for (int t = 0; t < count * L; t += L) {
            int i = i0 + t * RESULT;
            FloatVector d0 = fromArray(F, from, i);
            FloatVector d1 = fromArray(F, from, i + L);
            FloatVector d2 = fromArray(F, from, i + 2 * L);
            FloatVector d3 = fromArray(F, from, i + 3 * L);
            FloatVector d4 = fromArray(F, from, i + 4 * L);
            FloatVector d5 = fromArray(F, from, i + 5 * L);
            var minusA2 = FloatVector.broadcast(F, -A2);
            var minusB2 = FloatVector.broadcast(F, -B2);
            var minusSum = FloatVector.broadcast(F, -SUM);
            var both = FloatVector.broadcast(F, A2B2);
            d0.fma(both, d2.fma(minusSum, d4)).intoArray(to, o0 + t);
            var even = d2.fma(minusB2, d4);
            var odd = d1.fma(minusB2, d3).mul(A);
            even.add(odd).intoArray(to, o1 + t);
            even.sub(odd).intoArray(to, o2 + t);
            even = d2.fma(minusA2, d4);
            odd = d1.fma(minusA2, d3).mul(B);
            even.add(odd).intoArray(to, o3 + t);
            even.sub(odd).intoArray(to, o4 + t);
            d1.fma(both, d3.fma(minusSum, d5)).intoArray(to, o5 + t);
        }
    }
}
