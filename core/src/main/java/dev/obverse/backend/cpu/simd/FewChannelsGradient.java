package dev.obverse.backend.cpu.simd;

import dev.obverse.backend.cpu.conv.Correlation;
import dev.obverse.backend.cpu.conv.Scratch;
import dev.obverse.backend.cpu.conv.Slabs;

/**
 * Weight gradient of a layer with a handful of result channels: the vectors run along taps and source channels, and
 * the few result channels are the rows of the tiles. The sums come out transposed, {@code [result channel, inner]}.
 */
final class FewChannelsGradient {
    private static final int PANEL = Lanes.PANEL;

    /** The rows of the tile that is used. */
    private static final int ROWS = 4;

    private FewChannelsGradient() {}

    /** Sums the strips of one piece into its part of {@code partial}. */
    static void piece(Slabs slabs, Slabs.Piece piece, float[] x, float[] dy, float[] partial) {
        var window = slabs.window();
        var at = window.at();
        int channels = at.groupResult();
        int inner = at.inner();
        int padded = (channels + ROWS - 1) / ROWS * ROWS;
        int c = piece.sum() * slabs.weightSize() + piece.group() * channels * inner;
        boolean first = true;
        for (int unit = piece.firstUnit(); unit < piece.lastUnit(); unit++) {
            int image = unit / slabs.strips();
            int from = unit % slabs.strips() * slabs.rows();
            int to = Math.min(from + slabs.rows(), at.rows());
            var left = Scratch.floats(Scratch.LEFT, window.copySize(to - from) + PANEL);
            window.copy(x, image, piece.group(), from, to, left);
            int pixels = (to - from) * at.columns();
            var right = Scratch.floats(Scratch.RIGHT, (long) pixels * padded + Lanes.TALLEST);
            int d = (image * at.rows() + from) * at.columns() * at.resultChannels() + piece.group() * channels;
            for (int p = 0; p < pixels; p++) {
                for (int i = 0; i < channels; i++) {
                    right[p * padded + i] = dy[d + p * at.resultChannels() + i];
                }
            }
            boolean flat = window.rowStep() == at.columns() * window.pixelStep();
            int run = flat ? pixels : at.columns();
            for (int start = 0; start < pixels; start += run) {
                int a = start / at.columns() * window.rowStep();
                boolean begin = first && start == 0;
                for (int s = 0; s < window.segments(); s++) {
                    int length = window.segmentLength();
                    for (int k = 0; k < length; k += PANEL) {
                        int source = a + window.segmentOffset(s) + k;
                        int width = Math.min(PANEL, length - k);
                        int o = c + s * length + k;
                        ColumnTiles.run(
                                right,
                                start * padded,
                                padded,
                                channels,
                                run,
                                left,
                                source,
                                window.pixelStep(),
                                partial,
                                o,
                                inner,
                                width,
                                begin);
                    }
                }
            }
            first = false;
        }
    }

    /** Adds the partial sums in order and transposes them into {@code dw}. */
    static void sum(Correlation at, float[] partial, int sums, float[] dw) {
        int channels = at.resultChannels();
        int inner = at.inner();
        for (int c = 0; c < channels; c++) {
            for (int k = 0; k < inner; k++) {
                float v = partial[c * inner + k];
                for (int s = 1; s < sums; s++) {
                    v += partial[(s * channels + c) * inner + k];
                }
                dw[k * channels + c] = v;
            }
        }
    }
}
