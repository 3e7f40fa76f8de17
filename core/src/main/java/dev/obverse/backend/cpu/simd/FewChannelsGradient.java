package dev.obverse.backend.cpu.simd;

import dev.obverse.backend.cpu.Workers;
import dev.obverse.backend.cpu.conv.Correlation;
import dev.obverse.backend.cpu.conv.Scratch;
import dev.obverse.backend.cpu.conv.Slabs;
import dev.obverse.backend.cpu.conv.Window;
import java.util.Arrays;

/**
 * Weight gradient of a layer with a handful of result channels: the vectors run along taps and source channels, and the
 * few result channels are the rows of the tiles. A partial sum is {@code [group][result channel][segment][values]},
 * with result channels padded to whole tiles and segments to whole panels.
 */
final class FewChannelsGradient {
    private static final int ROWS = 3;
    private static final int WIDTH = 3 * Lanes.LENGTH;

    private FewChannelsGradient() {}

    /** Whether the result's channels would fill at most a quarter of a vector and the window's runs a whole one. */
    static boolean fits(Window window) {
        return window.at().groupResult() * 4 <= Lanes.LENGTH && window.segmentLength() >= Lanes.LENGTH;
    }

    /** Computes the whole gradient. */
    static void run(Window window, float[] x, float[] dy, float[] dw) {
        var at = window.at();
        int size = at.groups() * rows(at) * pitch(window);
        var slabs = Slabs.of(window, 1, size);
        var partial = Scratch.floats(Scratch.PARTIAL, (long) slabs.sums() * size);
        Workers.run(slabs.pieces(), i -> piece(slabs, slabs.piece(i), x, dy, partial));
        for (int c = 0; c < at.resultChannels(); c++) {
            sum(window, c, partial, slabs.sums(), size, dw);
        }
    }

    /** Result channels of a group, padded to whole tiles. */
    private static int rows(Correlation at) {
        return (at.groupResult() + ROWS - 1) / ROWS * ROWS;
    }

    /** Length of a segment, padded to whole tiles. */
    private static int segment(Window window) {
        return (window.segmentLength() + WIDTH - 1) / WIDTH * WIDTH;
    }

    private static int pitch(Window window) {
        return window.segments() * segment(window);
    }

    private static void piece(Slabs slabs, Slabs.Piece piece, float[] x, float[] dy, float[] partial) {
        var window = slabs.window();
        var at = window.at();
        int rows = rows(at);
        int c = piece.sum() * slabs.sumSize() + piece.group() * rows * pitch(window);
        Arrays.fill(partial, c, c + rows * pitch(window), 0f);
        for (int unit = piece.firstUnit(); unit < piece.lastUnit(); unit++) {
            int image = unit / slabs.strips();
            int from = unit % slabs.strips() * slabs.rows();
            int to = Math.min(from + slabs.rows(), at.rows());
            var left = Scratch.floats(Scratch.LEFT, window.copySize(to - from));
            window.copy(x, image, piece.group(), from, to, left);
            int pixels = (to - from) * at.columns();
            var right = Scratch.floats(Scratch.RIGHT, (long) pixels * rows);
            int d = (image * at.rows() + from) * at.columns() * at.resultChannels() + piece.group() * at.groupResult();
            pack(dy, d, at, pixels, right);
            for (int row = 0; row < to - from; row++) {
                row(window, left, row * window.rowStep(), right, row * at.columns(), pixels, partial, c);
            }
        }
    }

    /** Lays the gradient out as {@code [tile][pixel][3]}. */
    private static void pack(float[] dy, int d, Correlation at, int pixels, float[] right) {
        for (int r = 0; r < rows(at); r += ROWS) {
            for (int p = 0; p < pixels; p++) {
                for (int i = 0; i < ROWS; i++) {
                    int channel = r + i;
                    right[(r * pixels) + p * ROWS + i] =
                            channel < at.groupResult() ? dy[d + p * at.resultChannels() + channel] : 0f;
                }
            }
        }
    }

    private static void row(
            Window window, float[] left, int lo, float[] right, int pixel, int pixels, float[] partial, int c) {
        var at = window.at();
        int pitch = pitch(window);
        for (int r = 0; r < rows(at); r += ROWS) {
            int ro = r * pixels + pixel * ROWS;
            for (int s = 0; s < window.segments(); s++) {
                for (int k = 0; k < window.segmentLength(); k += WIDTH) {
                    FewRowsTile3x3.run(
                            right,
                            ro,
                            at.columns(),
                            left,
                            lo + window.segmentOffset(s) + k,
                            window.pixelStep(),
                            partial,
                            c + r * pitch + s * segment(window) + k,
                            pitch);
                }
            }
        }
    }

    /** Adds up the partial sums of one result channel, in their order, and transposes them into {@code dw}. */
    private static void sum(Window window, int channel, float[] partial, int sums, int size, float[] dw) {
        var at = window.at();
        int group = channel / at.groupResult();
        int c = (group * rows(at) + channel % at.groupResult()) * pitch(window);
        for (int k = 0; k < at.inner(); k++) {
            int segment = k / window.segmentLength();
            int i = c + segment * segment(window) + k % window.segmentLength();
            float v = 0f;
            for (int s = 0; s < sums; s++) {
                v += partial[s * size + i];
            }
            dw[k * at.resultChannels() + channel] = v;
        }
    }
}
