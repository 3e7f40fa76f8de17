package dev.obverse.backend.cpu.simd;

import static dev.obverse.backend.cpu.conv.WinogradTiles.RESULT;
import static dev.obverse.backend.cpu.conv.WinogradTiles.SOURCE;
import static dev.obverse.backend.cpu.simd.WinogradPoints.A;
import static dev.obverse.backend.cpu.simd.WinogradPoints.A2;
import static dev.obverse.backend.cpu.simd.WinogradPoints.A3;
import static dev.obverse.backend.cpu.simd.WinogradPoints.B;
import static dev.obverse.backend.cpu.simd.WinogradPoints.B2;
import static dev.obverse.backend.cpu.simd.WinogradPoints.B3;
import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.cpu.conv.Correlation;
import dev.obverse.backend.cpu.conv.ImageParts;
import dev.obverse.backend.cpu.conv.Scratch;
import dev.obverse.backend.cpu.conv.WinogradTiles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The transform {@code Y m Y'} of a tile's 36 products to 4x4 result pixels, with bias and LeakyReLU; see
 * {@link WinogradPoints}.
 */
final class WinogradResult {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private WinogradResult() {}

    /**
     * Transforms {@code width} channels from {@code channel} on of {@code count} tiles from {@code first} on.
     *
     * @param m products: point {@code i} of tile {@code first + t} at {@code m[i*pointStride + t*width]}
     * @param bias of the channel at {@code bias[channel]}
     */
    static void tiles(
            WinogradTiles tiles,
            int first,
            int count,
            float[] m,
            int pointStride,
            int channel,
            int width,
            float slope,
            float[] bias,
            ImageParts result) {
        int begin = 0;
        for (int i = 0; i < result.count(); i++) {
            int end = begin + result.channels()[i];
            int from = Math.max(channel, begin);
            int to = Math.min(channel + width, end);
            if (from < to) {
                var target = new Target(result.arrays()[i], result.channels()[i], from - begin, to - from);
                tiles(tiles, first, count, m, from - channel, pointStride, width, from, slope, bias, target);
            }
            begin = end;
        }
    }

    /** {@code width} channels from {@code channel} on of an array whose pixels have {@code channels}. */
    private record Target(float[] array, int channels, int channel, int width) {}

    private static void tiles(
            WinogradTiles tiles,
            int first,
            int count,
            float[] m,
            int mo,
            int pointStride,
            int tileStride,
            int bi,
            float slope,
            float[] bias,
            Target target) {
        var at = tiles.at();
        int channels = target.channels;
        int width = target.width;
        var result = target.array;
        int stride = at.resultW() * channels;
        var half = Scratch.floats(Scratch.HALF, (long) RESULT * SOURCE * L);
        int image = tiles.image(first);
        int row = tiles.row(first);
        int column = tiles.column(first);
        for (int t = 0; t < count; t++) {
            int to = ((image * at.resultH() + row) * at.resultW() + column) * channels + target.channel;
            int rows = Math.min(RESULT, at.rows() - row);
            int columns = Math.min(RESULT, at.columns() - column);
            if (rows == RESULT && columns == RESULT) {
                for (int c = 0; c < width; c += L) {
                    int o = mo + t * tileStride + c;
                    pixels(m, o, pointStride, half, bias, bi + c, slope, result, to + c, stride, channels);
                }
            } else {
                part(at, rows, columns, m, mo + t * tileStride, pointStride, half, bias, bi, slope, target, to);
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

    /** A tile that reaches beyond the image: {@code rows} by {@code columns} of its pixels are stored. */
    private static void part(
            Correlation at,
            int rows,
            int columns,
            float[] m,
            int mo,
            int pointStride,
            float[] half,
            float[] bias,
            int bi,
            float slope,
            Target target,
            int to) {
        var patch = Scratch.floats(Scratch.TILE, (long) RESULT * RESULT * L);
        for (int c = 0; c < target.width; c += L) {
            pixels(m, mo + c, pointStride, half, bias, bi + c, slope, patch, 0, RESULT * L, L);
            for (int y = 0; y < rows; y++) {
                for (int x = 0; x < columns; x++) {
                    int o = to + (y * at.resultW() + x) * target.channels + c;
                    System.arraycopy(patch, (y * RESULT + x) * L, target.array, o, L);
                }
            }
        }
    }

    private static void pixels(
            float[] m,
            int mo,
            int pointStride,
            float[] half,
            float[] bias,
            int bi,
            float slope,
            float[] result,
            int to,
            int rowStride,
            int pixelStride) {
        for (int x = 0; x < SOURCE; x++) {
            column(m, mo + x * pointStride, SOURCE * pointStride, half, x * L);
        }
        for (int y = 0; y < RESULT; y++) {
            row(half, y * SOURCE * L, bias, bi, slope, result, to + y * rowStride, pixelStride);
        }
    }

    /** {@code Y m} along a column of points, into a column of {@code half}. */
    private static void column(float[] m, int i, int stride, float[] half, int o) {
        FloatVector m0 = fromArray(F, m, i);
        FloatVector m1 = fromArray(F, m, i + stride);
        FloatVector m2 = fromArray(F, m, i + 2 * stride);
        FloatVector m3 = fromArray(F, m, i + 3 * stride);
        FloatVector m4 = fromArray(F, m, i + 4 * stride);
        FloatVector m5 = fromArray(F, m, i + 5 * stride);
        var sumA = m1.add(m2);
        var sumB = m3.add(m4);
        var differenceA = m1.sub(m2);
        var differenceB = m3.sub(m4);
        m0.add(sumA).add(sumB).intoArray(half, o);
        differenceA.mul(A).add(differenceB.mul(B)).intoArray(half, o + SOURCE * L);
        sumA.mul(A2).add(sumB.mul(B2)).intoArray(half, o + 2 * SOURCE * L);
        var a3 = FloatVector.broadcast(F, A3);
        var b3 = FloatVector.broadcast(F, B3);
        differenceA.fma(a3, differenceB.fma(b3, m5)).intoArray(half, o + 3 * SOURCE * L);
    }

    /**
     * {@code Y m} along a row of {@code half}, then bias and LeakyReLU, into four pixels.
     *
     * <p>With more than 325 bytecodes C2 compiles it by itself. Shorter by two, it was inlined four times into a method
     * that then held more than C2 inlines, so that vectors became objects: 30 times as slow.
     */
    private static void row(
            float[] half, int i, float[] bias, int bi, float slope, float[] result, int o, int pixelStride) {
        FloatVector b = fromArray(F, bias, bi);
        FloatVector m0 = fromArray(F, half, i).add(b);
        FloatVector m1 = fromArray(F, half, i + L);
        FloatVector m2 = fromArray(F, half, i + 2 * L);
        FloatVector m3 = fromArray(F, half, i + 3 * L);
        FloatVector m4 = fromArray(F, half, i + 4 * L);
        FloatVector m5 = fromArray(F, half, i + 5 * L).add(b);
        var sumA = m1.add(m2);
        var sumB = m3.add(m4);
        var differenceA = m1.sub(m2);
        var differenceB = m3.sub(m4);
        Leaky.of(m0.add(sumA).add(sumB), slope).intoArray(result, o);
        var a1 = FloatVector.broadcast(F, A);
        var b1 = FloatVector.broadcast(F, B);
        Leaky.of(differenceA.fma(a1, differenceB.fma(b1, b)), slope).intoArray(result, o + pixelStride);
        var a2 = FloatVector.broadcast(F, A2);
        var b2 = FloatVector.broadcast(F, B2);
        Leaky.of(sumA.fma(a2, sumB.fma(b2, b)), slope).intoArray(result, o + 2 * pixelStride);
        var a3 = FloatVector.broadcast(F, A3);
        var b3 = FloatVector.broadcast(F, B3);
        Leaky.of(differenceA.fma(a3, differenceB.fma(b3, m5)), slope).intoArray(result, o + 3 * pixelStride);
    }
}
