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
 * {@link WinogradPoints}. First along rows, six points at a time as they become known, then along columns.
 */
final class WinogradResult {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private WinogradResult() {}

    /** Floats between two columns of pixels of a {@code half} of {@code count} tiles. */
    private static int stride(int count) {
        return count * L + Lanes.LINE;
    }

    /** Floats of a {@code half}: 6x4 transforms of {@code count} tiles, one vector of channels wide. */
    static int halfSize(int count) {
        return SOURCE * RESULT * stride(count);
    }

    /**
     * Transforms row {@code y} of the points of {@code count} tiles along rows, {@code [point][tile][lane]} to
     * {@code [y][column of pixels][tile][lane]}.
     */
    static void rows(float[] m, int mo, int pointStride, int count, int y, float[] half, int ho) {
        int stride = stride(count);
        row(m, mo, pointStride, half, ho + y * RESULT * stride, stride, count);
    }

    /** {@code Y m} of {@code count} rows of six points. */
    private static void row(float[] m, int i0, int pointStride, float[] half, int o0, int stride, int count) {
        int i1 = i0 + pointStride;
        int i2 = i1 + pointStride;
        int i3 = i2 + pointStride;
        int i4 = i3 + pointStride;
        int i5 = i4 + pointStride;
        int o1 = o0 + stride;
        int o2 = o1 + stride;
        int o3 = o2 + stride;
        for (int t = 0; t < count * L; t += L) {
            FloatVector m0 = fromArray(F, m, i0 + t);
            FloatVector m1 = fromArray(F, m, i1 + t);
            FloatVector m2 = fromArray(F, m, i2 + t);
            FloatVector m3 = fromArray(F, m, i3 + t);
            FloatVector m4 = fromArray(F, m, i4 + t);
            FloatVector m5 = fromArray(F, m, i5 + t);
            var a3 = FloatVector.broadcast(F, A3);
            var b3 = FloatVector.broadcast(F, B3);
            var sumA = m1.add(m2);
            var sumB = m3.add(m4);
            var differenceA = m1.sub(m2);
            var differenceB = m3.sub(m4);
            m0.add(sumA).add(sumB).intoArray(half, o0 + t);
            differenceA.mul(A).add(differenceB.mul(B)).intoArray(half, o1 + t);
            sumA.mul(A2).add(sumB.mul(B2)).intoArray(half, o2 + t);
            differenceA.fma(a3, differenceB.fma(b3, m5)).intoArray(half, o3 + t);
        }
    }

    /**
     * Transforms a vector of channels, of which {@code channel} is the first, of {@code count} tiles from {@code first}
     * on along columns, adds the bias and applies LeakyReLU.
     */
    static void columns(
            WinogradTiles tiles,
            int first,
            int count,
            float[] half,
            int ho,
            int channel,
            float slope,
            float[] bias,
            ImageParts result) {
        int part = 0;
        int inPart = channel;
        while (inPart >= result.channels()[part]) {
            inPart -= result.channels()[part];
            part++;
        }
        var at = tiles.at();
        var pixels = result.arrays()[part];
        int channels = result.channels()[part];
        int stride = stride(count);
        for (int t = 0; t < count; ) {
            int run = tiles.run(first + t, count - t);
            int row = tiles.row(first + t);
            int column = tiles.column(first + t);
            int pixel = (tiles.image(first + t) * at.resultH() + row) * at.resultW() + column;
            int whole = at.rows() - row < RESULT ? 0 : Math.min(run, (at.columns() - column) / RESULT);
            for (int x = 0; x < RESULT; x++) {
                int from = ho + x * stride + t * L;
                int to = (pixel + x) * channels + inPart;
                column(half, from, stride, bias, channel, slope, pixels, to, at.resultW() * channels, channels, whole);
            }
            for (int i = whole; i < run; i++) {
                int from = ho + (t + i) * L;
                int to = (pixel + i * RESULT) * channels + inPart;
                edge(at, row, column + i * RESULT, half, from, stride, bias, channel, slope, pixels, to, channels);
            }
            t += run;
        }
    }

    /** A tile at {@code row} and {@code column} that reaches beyond the image. */
    private static void edge(
            Correlation at,
            int row,
            int column,
            float[] half,
            int from,
            int stride,
            float[] bias,
            int bi,
            float slope,
            float[] pixels,
            int to,
            int channels) {
        var patch = Scratch.floats(Scratch.TILE, (long) RESULT * RESULT * L);
        for (int x = 0; x < RESULT; x++) {
            column(half, from + x * stride, stride, bias, bi, slope, patch, x * L, RESULT * L, L, 1);
        }
        for (int y = 0; y < Math.min(RESULT, at.rows() - row); y++) {
            for (int x = 0; x < Math.min(RESULT, at.columns() - column); x++) {
                int o = to + (y * at.resultW() + x) * channels;
                System.arraycopy(patch, (y * RESULT + x) * L, pixels, o, L);
            }
        }
    }

    /** {@code Y m} along a column of six in each of {@code count} tiles, then bias and LeakyReLU, into four pixels. */
    private static void column(
            float[] half,
            int i0,
            int stride,
            float[] bias,
            int bi,
            float slope,
            float[] pixels,
            int o0,
            int rowStride,
            int channels,
            int count) {
        int i1 = i0 + RESULT * stride;
        int i2 = i1 + RESULT * stride;
        int i3 = i2 + RESULT * stride;
        int i4 = i3 + RESULT * stride;
        int i5 = i4 + RESULT * stride;
        FloatVector b = fromArray(F, bias, bi);
        for (int t = 0; t < count * L; t += L) {
            FloatVector m0 = fromArray(F, half, i0 + t).add(b);
            FloatVector m1 = fromArray(F, half, i1 + t);
            FloatVector m2 = fromArray(F, half, i2 + t);
            FloatVector m3 = fromArray(F, half, i3 + t);
            FloatVector m4 = fromArray(F, half, i4 + t);
            FloatVector m5 = fromArray(F, half, i5 + t).add(b);
            var a1 = FloatVector.broadcast(F, A);
            var b1 = FloatVector.broadcast(F, B);
            var a2 = FloatVector.broadcast(F, A2);
            var b2 = FloatVector.broadcast(F, B2);
            var a3 = FloatVector.broadcast(F, A3);
            var b3 = FloatVector.broadcast(F, B3);
            var sumA = m1.add(m2);
            var sumB = m3.add(m4);
            var differenceA = m1.sub(m2);
            var differenceB = m3.sub(m4);
            int o = o0 + t / L * RESULT * channels;
            Leaky.of(m0.add(sumA).add(sumB), slope).intoArray(pixels, o);
            Leaky.of(differenceA.fma(a1, differenceB.fma(b1, b)), slope).intoArray(pixels, o + rowStride);
            Leaky.of(sumA.fma(a2, sumB.fma(b2, b)), slope).intoArray(pixels, o + 2 * rowStride);
            Leaky.of(differenceA.fma(a3, differenceB.fma(b3, m5)), slope).intoArray(pixels, o + 3 * rowStride);
        }
    }
}
