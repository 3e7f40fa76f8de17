package dev.obverse.backend.cpu.simd;

import static dev.obverse.backend.cpu.conv.WinogradTiles.SOURCE;
import static dev.obverse.backend.cpu.simd.WinogradPoints.A;
import static dev.obverse.backend.cpu.simd.WinogradPoints.A2;
import static dev.obverse.backend.cpu.simd.WinogradPoints.A2B2;
import static dev.obverse.backend.cpu.simd.WinogradPoints.B;
import static dev.obverse.backend.cpu.simd.WinogradPoints.B2;
import static dev.obverse.backend.cpu.simd.WinogradPoints.SUM;
import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.cpu.conv.Scratch;
import dev.obverse.backend.cpu.conv.WinogradTiles;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The transform {@code D d D'} of a tile's 6x6 source pixels, many channels at once; see {@link WinogradPoints}. */
final class WinogradSource {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private WinogradSource() {}

    /**
     * Transforms one tile; point {@code i} of channel {@code c} goes to {@code u[uo + i*pointStride + c/L*chunk +
     * c%L]}. Pixels outside the image are zero.
     */
    static void tile(WinogradTiles tiles, int tile, float[] source, float[] u, int uo, int pointStride, int chunk) {
        var at = tiles.at();
        int channels = at.sourceChannels();
        int row = tiles.row(tile) + tiles.firstRow();
        int column = tiles.column(tile) + tiles.firstColumn();
        int image = tiles.image(tile) * at.sourceH();
        var half = Scratch.floats(Scratch.HALF, (long) SOURCE * SOURCE * L);
        if (row >= 0 && column >= 0 && row + SOURCE <= at.sourceH() && column + SOURCE <= at.sourceW()) {
            int from = ((image + row) * at.sourceW() + column) * channels;
            channels(source, from, at.sourceW() * channels, channels, half, u, uo, pointStride, chunk);
        } else {
            var patch = Scratch.floats(Scratch.TILE, (long) SOURCE * SOURCE * channels);
            Arrays.fill(patch, 0, SOURCE * SOURCE * channels, 0f);
            int first = Math.max(0, -column);
            int count = Math.min(SOURCE, at.sourceW() - column) - first;
            for (int r = Math.max(0, -row); r < SOURCE && row + r < at.sourceH() && count > 0; r++) {
                int from = ((image + row + r) * at.sourceW() + column + first) * channels;
                System.arraycopy(source, from, patch, (r * SOURCE + first) * channels, count * channels);
            }
            channels(patch, 0, SOURCE * channels, channels, half, u, uo, pointStride, chunk);
        }
    }

    private static void channels(
            float[] source,
            int from,
            int rowStride,
            int channels,
            float[] half,
            float[] u,
            int uo,
            int pointStride,
            int chunk) {
        for (int c = 0; c < channels; c += L) {
            for (int x = 0; x < SOURCE; x++) {
                column(source, from + x * channels + c, rowStride, half, x * L);
            }
            for (int y = 0; y < SOURCE; y++) {
                row(half, y * SOURCE * L, u, uo + y * SOURCE * pointStride + c / L * chunk, pointStride);
            }
        }
    }

    /** Along a column of pixels, into a column of {@code half}. */
    private static void column(float[] source, int from, int stride, float[] half, int to) {
        transform(source, from, stride, half, to, SOURCE * L);
    }

    /** Along a row of {@code half}, into six points. */
    private static void row(float[] half, int from, float[] u, int to, int stride) {
        transform(half, from, L, u, to, stride);
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
