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

import dev.obverse.backend.cpu.conv.Scratch;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The transform of 36 sums over all tiles to the gradient of 3x3 weights; see {@link WinogradGradient}. */
final class WinogradDelta {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private WinogradDelta() {}

    /**
     * Transforms {@code rows} rows, one per source channel, of {@code width} result channels.
     *
     * @param sums point {@code i} of row {@code r} at {@code sums[so + i*pointStride + r*width]}
     * @param dw tap {@code i} of row {@code r} goes to {@code dw[wo + i*tapStride + r*rowStride]}
     */
    static void rows(
            float[] sums,
            int so,
            int pointStride,
            int rows,
            int width,
            float[] dw,
            int wo,
            int tapStride,
            int rowStride) {
        var half = Scratch.floats(Scratch.HALF, 3L * SOURCE * L);
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < width; c += L) {
                for (int x = 0; x < SOURCE; x++) {
                    int from = so + x * pointStride + r * width + c;
                    transform(sums, from, SOURCE * pointStride, half, x * L, SOURCE * L);
                }
                for (int y = 0; y < 3; y++) {
                    int to = wo + y * 3 * tapStride + r * rowStride + c;
                    transform(half, y * SOURCE * L, L, dw, to, tapStride);
                }
            }
        }
    }

    /** Six vectors {@code from[i + k*stride]} to three. */
    private static void transform(float[] from, int i, int stride, float[] to, int o, int outStride) {
        FloatVector m0 = fromArray(F, from, i);
        FloatVector m1 = fromArray(F, from, i + stride);
        FloatVector m2 = fromArray(F, from, i + 2 * stride);
        FloatVector m3 = fromArray(F, from, i + 3 * stride);
        FloatVector m4 = fromArray(F, from, i + 4 * stride);
        FloatVector m5 = fromArray(F, from, i + 5 * stride);
        var sumA = m1.add(m2).mul(AT_A);
        var sumB = m3.add(m4).mul(AT_B);
        var differenceA = m1.sub(m2).mul(A * AT_A);
        var differenceB = m3.sub(m4).mul(B * AT_B);
        m0.mul(AT_0).add(sumA).add(sumB).intoArray(to, o);
        differenceA.add(differenceB).intoArray(to, o + outStride);
        var a2 = FloatVector.broadcast(F, A2);
        var b2 = FloatVector.broadcast(F, B2);
        sumA.fma(a2, sumB.fma(b2, m5)).intoArray(to, o + 2 * outStride);
    }
}
