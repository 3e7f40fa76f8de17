package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.cpu.Workers;
import dev.obverse.backend.cpu.conv.Scratch;
import dev.obverse.backend.cpu.conv.Slabs;
import dev.obverse.backend.cpu.conv.Window;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Weight gradient of a 3x3 convolution of an image of three channels: a tile is one run of the window, nine values, by
 * one vector of result channels. A partial sum has the layout of the weights.
 */
final class ImageGradient {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    /** Floats of a run of the window: three pixels of three channels. */
    private static final int RUN = 9;

    private ImageGradient() {}

    static boolean fits(Window window) {
        return window.segmentLength() == RUN
                && window.at().groups() == 1
                && window.at().resultChannels() % L == 0;
    }

    /** Computes the whole gradient. */
    static void run(Window window, float[] x, float[] dy, float[] dw) {
        var at = window.at();
        int size = at.inner() * at.resultChannels();
        var slabs = Slabs.of(window, 1, size);
        var partial = Scratch.floats(Scratch.PARTIAL, (long) slabs.sums() * size);
        Workers.run(slabs.pieces(), i -> piece(slabs, slabs.piece(i), x, dy, partial));
        for (int i = 0; i < size; i += L) {
            FloatVector sum = fromArray(F, partial, i);
            for (int s = 1; s < slabs.sums(); s++) {
                sum = sum.add(fromArray(F, partial, s * size + i));
            }
            sum.intoArray(dw, i);
        }
    }

    private static void piece(Slabs slabs, Slabs.Piece piece, float[] x, float[] dy, float[] partial) {
        var window = slabs.window();
        var at = window.at();
        int channels = at.resultChannels();
        int sum = piece.sum() * slabs.sumSize();
        Arrays.fill(partial, sum, sum + slabs.sumSize(), 0f);
        for (int unit = piece.firstUnit(); unit < piece.lastUnit(); unit++) {
            int image = unit / slabs.strips();
            int from = unit % slabs.strips() * slabs.rows();
            int to = Math.min(from + slabs.rows(), at.rows());
            var left = Scratch.floats(Scratch.LEFT, window.copySize(to - from));
            window.copy(x, image, 0, from, to, left);
            for (int row = from; row < to; row++) {
                int a = (row - from) * window.rowStep();
                int d = (image * at.rows() + row) * at.columns() * channels;
                for (int s = 0; s < window.segments(); s++) {
                    int segment = a + window.segmentOffset(s);
                    for (int c = 0; c < channels; c += L) {
                        int o = sum + s * RUN * channels + c;
                        row(left, segment, window.pixelStep(), dy, d + c, channels, at.columns(), partial, o);
                    }
                }
            }
        }
    }

    /**
     * Adds the products of a row of pixels: {@code c[co + j*channels] += left[a + i*step + j] * dy[d + i*channels]}.
     */
    private static void row(
            float[] left, int a, int step, float[] dy, int d, int channels, int pixels, float[] c, int co) {
        FloatVector s0 = fromArray(F, c, co);
        FloatVector s1 = fromArray(F, c, co + channels);
        FloatVector s2 = fromArray(F, c, co + 2 * channels);
        FloatVector s3 = fromArray(F, c, co + 3 * channels);
        FloatVector s4 = fromArray(F, c, co + 4 * channels);
        FloatVector s5 = fromArray(F, c, co + 5 * channels);
        FloatVector s6 = fromArray(F, c, co + 6 * channels);
        FloatVector s7 = fromArray(F, c, co + 7 * channels);
        FloatVector s8 = fromArray(F, c, co + 8 * channels);
        int o = a;
        for (int i = 0; i < pixels; i++) {
            var g = fromArray(F, dy, d + i * channels);
            s0 = broadcast(F, left[o]).fma(g, s0);
            s1 = broadcast(F, left[o + 1]).fma(g, s1);
            s2 = broadcast(F, left[o + 2]).fma(g, s2);
            s3 = broadcast(F, left[o + 3]).fma(g, s3);
            s4 = broadcast(F, left[o + 4]).fma(g, s4);
            s5 = broadcast(F, left[o + 5]).fma(g, s5);
            s6 = broadcast(F, left[o + 6]).fma(g, s6);
            s7 = broadcast(F, left[o + 7]).fma(g, s7);
            s8 = broadcast(F, left[o + 8]).fma(g, s8);
            o += step;
        }
        s0.intoArray(c, co);
        s1.intoArray(c, co + channels);
        s2.intoArray(c, co + 2 * channels);
        s3.intoArray(c, co + 3 * channels);
        s4.intoArray(c, co + 4 * channels);
        s5.intoArray(c, co + 5 * channels);
        s6.intoArray(c, co + 6 * channels);
        s7.intoArray(c, co + 7 * channels);
        s8.intoArray(c, co + 8 * channels);
    }
}
