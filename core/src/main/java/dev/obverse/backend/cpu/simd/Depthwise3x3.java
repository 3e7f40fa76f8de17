package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.cpu.conv.Correlation;
import dev.obverse.backend.cpu.conv.Scratch;
import java.util.Arrays;
import jdk.incubator.vector.VectorSpecies;

/**
 * Depthwise 3x3 convolution of stride 1 or 2 along a row. A strip's source is copied with its border of zeros, one
 * vector of channels after the other: {@code [chunk][row][column][lane]}. All columns then lie at constant distances
 * from each other: with others, each load costs an addition and a check more, and the whole took 1.3 times as long.
 */
final class Depthwise3x3 {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;
    private static final int TAPS = 9;

    /** Pixels at a time. */
    private static final int BLOCK = 4;

    private Depthwise3x3() {}

    static boolean fits(Correlation at) {
        if (at.taps().size() != TAPS || at.stepW() > 2) {
            return false;
        }
        var first = at.taps().getFirst();
        for (int i = 0; i < TAPS; i++) {
            var tap = at.taps().get(i);
            if (tap.row() != first.row() + i / 3 || tap.column() != first.column() + i % 3) {
                return false;
            }
        }
        return true;
    }

    /** The weights as {@code [chunk][tap][lane]}. */
    static float[] pack(Correlation at, float[] w) {
        int channels = at.resultChannels();
        var packed = Scratch.floats(Scratch.PACKED, (long) TAPS * channels);
        for (int t = 0; t < TAPS; t++) {
            int from = at.taps().get(t).kernel() * channels;
            for (int chunk = 0; chunk < channels / L; chunk++) {
                fromArray(F, w, from + chunk * L).intoArray(packed, (chunk * TAPS + t) * L);
            }
        }
        return packed;
    }

    /** Rows {@code from} up to {@code to} of the lattice, all channels that fill vectors. */
    static void strip(
            Correlation at, int image, int from, int to, float[] source, float[] packed, float[] bias, float[] result) {
        int channels = at.resultChannels();
        int chunks = channels / L;
        int rows = (to - from - 1) * at.stepH() + 3;
        // A short row has columns that nobody reads.
        int columns = (Math.max(at.columns(), BLOCK) - 1) * at.stepW() + 3;
        int pitch = columns * L;
        var strip = Scratch.floats(Scratch.LEFT, (long) chunks * rows * pitch);
        for (int r = 0; r < rows; r++) {
            copyRow(at, image, from * at.stepH() + r, source, chunks, columns, strip, r * pitch, rows * pitch);
        }
        for (int row = from; row < to; row++) {
            int top = (row - from) * at.stepH() * pitch;
            int o = Depthwise.offset(at, image, row, 0);
            if (at.columns() < BLOCK) {
                // A short row is computed beside the result.
                var beside = Scratch.floats(Scratch.RIGHT, (long) BLOCK * channels);
                block(at, strip, top, pitch, chunks, rows * pitch, packed, bias, beside, 0, channels);
                for (int x = 0; x < at.columns(); x++) {
                    System.arraycopy(beside, x * channels, result, o + x * at.columnStep() * channels, chunks * L);
                }
                continue;
            }
            for (int x = 0; x < at.columns(); x += BLOCK) {
                // The last block may overlap the one before: the same values once more.
                int column = Math.min(x, at.columns() - BLOCK);
                int step = at.columnStep() * channels;
                int i = top + column * at.stepW() * L;
                block(at, strip, i, pitch, chunks, rows * pitch, packed, bias, result, o + column * step, step);
            }
        }
    }

    private static void block(
            Correlation at,
            float[] strip,
            int i,
            int pitch,
            int chunks,
            int chunk,
            float[] k,
            float[] bias,
            float[] y,
            int o,
            int step) {
        if (at.stepW() == 1) {
            stride1(strip, i, pitch, chunks, chunk, k, bias, y, o, step);
        } else {
            stride2(strip, i, pitch, chunks, chunk, k, bias, y, o, step);
        }
    }

    /** Copies what the taps of row {@code row} of the lattice's source read, with zeros for what is outside. */
    private static void copyRow(
            Correlation at,
            int image,
            int row,
            float[] source,
            int chunks,
            int columns,
            float[] strip,
            int o,
            int chunk) {
        var first = at.taps().getFirst();
        int y = row + first.row();
        boolean inside = y >= 0 && y < at.sourceH();
        int from = inside ? Math.clamp(-first.column(), 0, columns) : columns;
        int to = Math.clamp(at.sourceW() - first.column(), from, columns);
        for (int i = 0; i < chunks; i++) {
            Arrays.fill(strip, o + i * chunk, o + i * chunk + from * L, 0f);
            Arrays.fill(strip, o + i * chunk + to * L, o + i * chunk + columns * L, 0f);
        }
        int channels = at.sourceChannels();
        int s = ((image * at.sourceH() + y) * at.sourceW() + from + first.column()) * channels;
        for (int x = from; x < to; x++) {
            copyPixel(source, s, chunks, strip, o + x * L, chunk);
            s += channels;
        }
    }

    private static void copyPixel(float[] source, int s, int chunks, float[] strip, int o, int chunk) {
        for (int i = 0; i < chunks; i++) {
            fromArray(F, source, s + i * L).intoArray(strip, o + i * chunk);
        }
    }

    /** Four neighbours of a row, which share six columns of the source. */
    private static void stride1(
            float[] strip,
            int i,
            int pitch,
            int chunks,
            int chunk,
            float[] k,
            float[] bias,
            float[] y,
            int o,
            int step) {
        for (int c = 0; c < chunks; c++) {
            int i0 = i + c * chunk;
            int i1 = i0 + pitch;
            int i2 = i1 + pitch;
            int w = c * TAPS * L;
            var s0 = fromArray(F, bias, c * L);
            var s1 = s0;
            var s2 = s0;
            var s3 = s0;
            var k0 = fromArray(F, k, w);
            var k1 = fromArray(F, k, w + L);
            var k2 = fromArray(F, k, w + 2 * L);
            var x00 = fromArray(F, strip, i0);
            s0 = x00.fma(k0, s0);
            var x01 = fromArray(F, strip, i0 + L);
            s0 = x01.fma(k1, s0);
            s1 = x01.fma(k0, s1);
            var x02 = fromArray(F, strip, i0 + 2 * L);
            s0 = x02.fma(k2, s0);
            s1 = x02.fma(k1, s1);
            s2 = x02.fma(k0, s2);
            var x03 = fromArray(F, strip, i0 + 3 * L);
            s1 = x03.fma(k2, s1);
            s2 = x03.fma(k1, s2);
            s3 = x03.fma(k0, s3);
            var x04 = fromArray(F, strip, i0 + 4 * L);
            s2 = x04.fma(k2, s2);
            s3 = x04.fma(k1, s3);
            var x05 = fromArray(F, strip, i0 + 5 * L);
            s3 = x05.fma(k2, s3);
            var k3 = fromArray(F, k, w + 3 * L);
            var k4 = fromArray(F, k, w + 4 * L);
            var k5 = fromArray(F, k, w + 5 * L);
            var x10 = fromArray(F, strip, i1);
            s0 = x10.fma(k3, s0);
            var x11 = fromArray(F, strip, i1 + L);
            s0 = x11.fma(k4, s0);
            s1 = x11.fma(k3, s1);
            var x12 = fromArray(F, strip, i1 + 2 * L);
            s0 = x12.fma(k5, s0);
            s1 = x12.fma(k4, s1);
            s2 = x12.fma(k3, s2);
            var x13 = fromArray(F, strip, i1 + 3 * L);
            s1 = x13.fma(k5, s1);
            s2 = x13.fma(k4, s2);
            s3 = x13.fma(k3, s3);
            var x14 = fromArray(F, strip, i1 + 4 * L);
            s2 = x14.fma(k5, s2);
            s3 = x14.fma(k4, s3);
            var x15 = fromArray(F, strip, i1 + 5 * L);
            s3 = x15.fma(k5, s3);
            var k6 = fromArray(F, k, w + 6 * L);
            var k7 = fromArray(F, k, w + 7 * L);
            var k8 = fromArray(F, k, w + 8 * L);
            var x20 = fromArray(F, strip, i2);
            s0 = x20.fma(k6, s0);
            var x21 = fromArray(F, strip, i2 + L);
            s0 = x21.fma(k7, s0);
            s1 = x21.fma(k6, s1);
            var x22 = fromArray(F, strip, i2 + 2 * L);
            s0 = x22.fma(k8, s0);
            s1 = x22.fma(k7, s1);
            s2 = x22.fma(k6, s2);
            var x23 = fromArray(F, strip, i2 + 3 * L);
            s1 = x23.fma(k8, s1);
            s2 = x23.fma(k7, s2);
            s3 = x23.fma(k6, s3);
            var x24 = fromArray(F, strip, i2 + 4 * L);
            s2 = x24.fma(k8, s2);
            s3 = x24.fma(k7, s3);
            var x25 = fromArray(F, strip, i2 + 5 * L);
            s3 = x25.fma(k8, s3);
            int to = o + c * L;
            s0.intoArray(y, to);
            s1.intoArray(y, to + step);
            s2.intoArray(y, to + 2 * step);
            s3.intoArray(y, to + 3 * step);
        }
    }

    /** Four neighbours of a row, which share nine columns of the source. */
    private static void stride2(
            float[] strip,
            int i,
            int pitch,
            int chunks,
            int chunk,
            float[] k,
            float[] bias,
            float[] y,
            int o,
            int step) {
        for (int c = 0; c < chunks; c++) {
            int i0 = i + c * chunk;
            int i1 = i0 + pitch;
            int i2 = i1 + pitch;
            int w = c * TAPS * L;
            var s0 = fromArray(F, bias, c * L);
            var s1 = s0;
            var s2 = s0;
            var s3 = s0;
            var k0 = fromArray(F, k, w);
            var k1 = fromArray(F, k, w + L);
            var k2 = fromArray(F, k, w + 2 * L);
            var x00 = fromArray(F, strip, i0);
            s0 = x00.fma(k0, s0);
            var x01 = fromArray(F, strip, i0 + L);
            s0 = x01.fma(k1, s0);
            var x02 = fromArray(F, strip, i0 + 2 * L);
            s0 = x02.fma(k2, s0);
            s1 = x02.fma(k0, s1);
            var x03 = fromArray(F, strip, i0 + 3 * L);
            s1 = x03.fma(k1, s1);
            var x04 = fromArray(F, strip, i0 + 4 * L);
            s1 = x04.fma(k2, s1);
            s2 = x04.fma(k0, s2);
            var x05 = fromArray(F, strip, i0 + 5 * L);
            s2 = x05.fma(k1, s2);
            var x06 = fromArray(F, strip, i0 + 6 * L);
            s2 = x06.fma(k2, s2);
            s3 = x06.fma(k0, s3);
            var x07 = fromArray(F, strip, i0 + 7 * L);
            s3 = x07.fma(k1, s3);
            var x08 = fromArray(F, strip, i0 + 8 * L);
            s3 = x08.fma(k2, s3);
            var k3 = fromArray(F, k, w + 3 * L);
            var k4 = fromArray(F, k, w + 4 * L);
            var k5 = fromArray(F, k, w + 5 * L);
            var x10 = fromArray(F, strip, i1);
            s0 = x10.fma(k3, s0);
            var x11 = fromArray(F, strip, i1 + L);
            s0 = x11.fma(k4, s0);
            var x12 = fromArray(F, strip, i1 + 2 * L);
            s0 = x12.fma(k5, s0);
            s1 = x12.fma(k3, s1);
            var x13 = fromArray(F, strip, i1 + 3 * L);
            s1 = x13.fma(k4, s1);
            var x14 = fromArray(F, strip, i1 + 4 * L);
            s1 = x14.fma(k5, s1);
            s2 = x14.fma(k3, s2);
            var x15 = fromArray(F, strip, i1 + 5 * L);
            s2 = x15.fma(k4, s2);
            var x16 = fromArray(F, strip, i1 + 6 * L);
            s2 = x16.fma(k5, s2);
            s3 = x16.fma(k3, s3);
            var x17 = fromArray(F, strip, i1 + 7 * L);
            s3 = x17.fma(k4, s3);
            var x18 = fromArray(F, strip, i1 + 8 * L);
            s3 = x18.fma(k5, s3);
            var k6 = fromArray(F, k, w + 6 * L);
            var k7 = fromArray(F, k, w + 7 * L);
            var k8 = fromArray(F, k, w + 8 * L);
            var x20 = fromArray(F, strip, i2);
            s0 = x20.fma(k6, s0);
            var x21 = fromArray(F, strip, i2 + L);
            s0 = x21.fma(k7, s0);
            var x22 = fromArray(F, strip, i2 + 2 * L);
            s0 = x22.fma(k8, s0);
            s1 = x22.fma(k6, s1);
            var x23 = fromArray(F, strip, i2 + 3 * L);
            s1 = x23.fma(k7, s1);
            var x24 = fromArray(F, strip, i2 + 4 * L);
            s1 = x24.fma(k8, s1);
            s2 = x24.fma(k6, s2);
            var x25 = fromArray(F, strip, i2 + 5 * L);
            s2 = x25.fma(k7, s2);
            var x26 = fromArray(F, strip, i2 + 6 * L);
            s2 = x26.fma(k8, s2);
            s3 = x26.fma(k6, s3);
            var x27 = fromArray(F, strip, i2 + 7 * L);
            s3 = x27.fma(k7, s3);
            var x28 = fromArray(F, strip, i2 + 8 * L);
            s3 = x28.fma(k8, s3);
            int to = o + c * L;
            s0.intoArray(y, to);
            s1.intoArray(y, to + step);
            s2.intoArray(y, to + 2 * step);
            s3.intoArray(y, to + 3 * step);
        }
    }
}
