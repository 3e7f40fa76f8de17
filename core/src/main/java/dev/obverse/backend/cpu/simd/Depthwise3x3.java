package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.cpu.conv.Correlation;
import dev.obverse.backend.cpu.conv.Scratch;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Depthwise 3x3 convolution of stride 1 or 2. A vector of channels is walked along a row of the result, so that its
 * nine weights stay in registers and each column of the image is loaded once for all results that read it. Only rows of
 * the result that reach beyond the image, whose sources lie in no array, are computed from a copy.
 */
final class Depthwise3x3 {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;
    private static final int TAPS = 9;

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
        // Column 1 of the first window and of the last one lie inside.
        int last = (at.columns() - 1) * at.stepW() + first.column();
        return first.column() >= -1 && last + 1 < at.sourceW();
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

    /**
     * Rows {@code from} up to {@code to} of the lattice, all channels that fill vectors.
     *
     * @param slopes of the LeakyReLU that ends it, one per channel
     * @param high its upper bound
     */
    static void strip(
            Correlation at,
            int image,
            int from,
            int to,
            float[] source,
            float[] packed,
            float[] bias,
            float[] slopes,
            float high,
            float[] result) {
        int channels = at.resultChannels();
        var first = at.taps().getFirst();
        for (int c = 0; c < channels / L * L; c += L) {
            for (int row = from; row < to; row++) {
                int y = row * at.stepH() + first.row();
                int o = Depthwise.offset(at, image, row, 0) + c;
                if (y < 0 || y + 2 >= at.sourceH()) {
                    var three = edge(at, image, y, c, source);
                    row(at, three, 0, at.sourceW() * L, L, packed, c, bias, slopes, high, result, o);
                } else {
                    int pitch = at.sourceW() * channels;
                    int i = (image * at.sourceH() + y) * pitch + c;
                    row(at, source, i, pitch, channels, packed, c, bias, slopes, high, result, o);
                }
            }
        }
    }

    /** One row, from the three rows of {@code a} that begin at {@code i}. */
    private static void row(
            Correlation at,
            float[] a,
            int i,
            int pitch,
            int pixel,
            float[] packed,
            int c,
            float[] bias,
            float[] slopes,
            float high,
            float[] result,
            int o) {
        int first = at.taps().getFirst().column();
        int last = (at.columns() - 1) * at.stepW() + first + 2;
        int from = i + first * pixel;
        int inside = last >= at.sourceW() ? at.columns() - 1 : at.columns();
        int step = at.columnStep() * at.resultChannels();
        if (at.stepW() == 1) {
            stride1(
                    a,
                    from,
                    pitch,
                    pixel,
                    first < 0,
                    inside,
                    at.columns(),
                    packed,
                    bias,
                    slopes,
                    high,
                    c,
                    result,
                    o,
                    step);
        } else {
            stride2(
                    a,
                    from,
                    pitch,
                    pixel,
                    first < 0,
                    inside,
                    at.columns(),
                    packed,
                    bias,
                    slopes,
                    high,
                    c,
                    result,
                    o,
                    step);
        }
    }

    /** Three rows of one vector of channels, of which some lie outside the image and are zeros. */
    private static float[] edge(Correlation at, int image, int y, int c, float[] source) {
        int width = at.sourceW();
        var three = Scratch.floats(Scratch.LEFT, 3L * width * L);
        for (int r = 0; r < 3; r++) {
            int to = r * width * L;
            if (y + r < 0 || y + r >= at.sourceH()) {
                Arrays.fill(three, to, to + width * L, 0f);
            } else {
                int i = (image * at.sourceH() + y + r) * width * at.sourceChannels() + c;
                for (int x = 0; x < width; x++) {
                    fromArray(F, source, i).intoArray(three, to);
                    i += at.sourceChannels();
                    to += L;
                }
            }
        }
        return three;
    }

    /**
     * Results of stride 1: a column of the image is the right one of a window, then the middle, then the left one.
     *
     * @param inside number of windows before the one, if any, whose right column lies outside
     */
    private static void stride1(
            float[] a,
            int o0,
            int pitch,
            int pixel,
            boolean leftOutside,
            int inside,
            int count,
            float[] k,
            float[] bias,
            float[] slopes,
            float high,
            int c,
            float[] y,
            int o,
            int step) {
        int w = c * TAPS;
        var k0 = fromArray(F, k, w);
        var k1 = fromArray(F, k, w + L);
        var k2 = fromArray(F, k, w + 2 * L);
        var k3 = fromArray(F, k, w + 3 * L);
        var k4 = fromArray(F, k, w + 4 * L);
        var k5 = fromArray(F, k, w + 5 * L);
        var k6 = fromArray(F, k, w + 6 * L);
        var k7 = fromArray(F, k, w + 7 * L);
        var k8 = fromArray(F, k, w + 8 * L);
        var start = fromArray(F, bias, c);
        var slope = fromArray(F, slopes, c);
        var l0 = FloatVector.zero(F);
        var l1 = l0;
        var l2 = l0;
        if (!leftOutside) {
            l0 = fromArray(F, a, o0);
            l1 = fromArray(F, a, o0 + pitch);
            l2 = fromArray(F, a, o0 + 2 * pitch);
        }
        int i = o0 + pixel;
        var m0 = fromArray(F, a, i);
        var m1 = fromArray(F, a, i + pitch);
        var m2 = fromArray(F, a, i + 2 * pitch);
        int to = o;
        for (int x = 0; x < inside; x++) {
            i += pixel;
            var r0 = fromArray(F, a, i);
            var r1 = fromArray(F, a, i + pitch);
            var r2 = fromArray(F, a, i + 2 * pitch);
            var s = l0.fma(k0, start);
            var t = m0.mul(k1);
            s = l1.fma(k3, s);
            t = m1.fma(k4, t);
            s = l2.fma(k6, s);
            t = m2.fma(k7, t);
            s = r0.fma(k2, s);
            t = r1.fma(k5, t);
            s = r2.fma(k8, s);
            Tails.activated(s.add(t), slope, high).intoArray(y, to);
            l0 = m0;
            l1 = m1;
            l2 = m2;
            m0 = r0;
            m1 = r1;
            m2 = r2;
            to += step;
        }
        if (inside < count) {
            var s = l0.fma(k0, start);
            var t = m0.mul(k1);
            s = l1.fma(k3, s);
            t = m1.fma(k4, t);
            s = l2.fma(k6, s);
            t = m2.fma(k7, t);
            Tails.activated(s.add(t), slope, high).intoArray(y, to);
        }
    }

    /** Results of stride 2, whose neighbours share a column. */
    private static void stride2(
            float[] a,
            int o0,
            int pitch,
            int pixel,
            boolean leftOutside,
            int inside,
            int count,
            float[] k,
            float[] bias,
            float[] slopes,
            float high,
            int c,
            float[] y,
            int o,
            int step) {
        int w = c * TAPS;
        var k0 = fromArray(F, k, w);
        var k1 = fromArray(F, k, w + L);
        var k2 = fromArray(F, k, w + 2 * L);
        var k3 = fromArray(F, k, w + 3 * L);
        var k4 = fromArray(F, k, w + 4 * L);
        var k5 = fromArray(F, k, w + 5 * L);
        var k6 = fromArray(F, k, w + 6 * L);
        var k7 = fromArray(F, k, w + 7 * L);
        var k8 = fromArray(F, k, w + 8 * L);
        var start = fromArray(F, bias, c);
        var slope = fromArray(F, slopes, c);
        var l0 = FloatVector.zero(F);
        var l1 = l0;
        var l2 = l0;
        if (!leftOutside) {
            l0 = fromArray(F, a, o0);
            l1 = fromArray(F, a, o0 + pitch);
            l2 = fromArray(F, a, o0 + 2 * pitch);
        }
        int i = o0;
        int to = o;
        for (int x = 0; x < inside; x++) {
            i += pixel;
            var m0 = fromArray(F, a, i);
            var m1 = fromArray(F, a, i + pitch);
            var m2 = fromArray(F, a, i + 2 * pitch);
            i += pixel;
            var r0 = fromArray(F, a, i);
            var r1 = fromArray(F, a, i + pitch);
            var r2 = fromArray(F, a, i + 2 * pitch);
            var s = l0.fma(k0, start);
            var t = m0.mul(k1);
            s = l1.fma(k3, s);
            t = m1.fma(k4, t);
            s = l2.fma(k6, s);
            t = m2.fma(k7, t);
            s = r0.fma(k2, s);
            t = r1.fma(k5, t);
            s = r2.fma(k8, s);
            Tails.activated(s.add(t), slope, high).intoArray(y, to);
            l0 = r0;
            l1 = r1;
            l2 = r2;
            to += step;
        }
        if (inside < count) {
            i += pixel;
            var m0 = fromArray(F, a, i);
            var m1 = fromArray(F, a, i + pitch);
            var m2 = fromArray(F, a, i + 2 * pitch);
            var s = l0.fma(k0, start);
            var t = m0.mul(k1);
            s = l1.fma(k3, s);
            t = m1.fma(k4, t);
            s = l2.fma(k6, s);
            t = m2.fma(k7, t);
            Tails.activated(s.add(t), slope, high).intoArray(y, to);
        }
    }
}
