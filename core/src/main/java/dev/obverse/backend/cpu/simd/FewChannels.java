package dev.obverse.backend.cpu.simd;

import dev.obverse.backend.cpu.Workers;
import dev.obverse.backend.cpu.conv.Correlation;
import dev.obverse.backend.cpu.conv.Scratch;
import dev.obverse.backend.cpu.conv.Strips;
import dev.obverse.backend.cpu.conv.Window;
import org.jspecify.annotations.Nullable;

/**
 * Convolution to a handful of channels, such as a network's last layer: the vectors run along the inner product,
 * because the result's channels would fill only a fraction of one.
 */
final class FewChannels {
    private static final int L = Lanes.LENGTH;

    /** Result rows and channels of one tile. */
    private static final int ROWS = 4;

    private static final int COLUMNS = 3;

    private FewChannels() {}

    /** Whether the result's channels would fill at most a quarter of a vector and the inner product fills several. */
    static boolean fits(Correlation at) {
        return at.groupResult() * 4 <= L && at.inner() >= 2 * L;
    }

    /** As {@link DirectConvolution#run}. */
    static void run(
            Correlation at, float slope, float[] source, float[] weight, float @Nullable [] bias, float[] result) {
        if ((long) at.n() * at.rows() * at.columns() * at.resultChannels() == 0) {
            return;
        }
        int channels = at.groupResult();
        var packed = Scratch.floats(Scratch.PACKED, (long) at.resultChannels() * at.inner());
        for (int c = 0; c < at.resultChannels(); c++) {
            packChannel(at, c / channels, c % channels, weight, packed);
        }
        var window = Window.of(at);
        var strips = Strips.forward(window, 1);
        Workers.run(strips.pieces(), i -> piece(window, strips.piece(i), slope, source, packed, bias, result));
    }

    /** The weights of one result channel, contiguous, in the order of the taps. */
    private static void packChannel(Correlation at, int group, int channel, float[] weight, float[] packed) {
        int source = at.groupSource();
        int o = (group * at.groupResult() + channel) * at.inner();
        for (var tap : at.taps()) {
            for (int s = 0; s < source; s++) {
                packed[o++] = at.transposed()
                        ? weight[(tap.kernel() * at.groupResult() + channel) * at.sourceChannels() + group * source + s]
                        : weight[(tap.kernel() * source + s) * at.resultChannels()
                                + group * at.groupResult()
                                + channel];
            }
        }
    }

    private static void piece(
            Window window,
            Strips.Piece piece,
            float slope,
            float[] source,
            float[] packed,
            float @Nullable [] bias,
            float[] result) {
        var at = window.at();
        int rows = piece.to() - piece.from();
        int count = rows * at.columns();
        var read = Scratch.ints(Scratch.READ, count + Lanes.TALLEST);
        var write = Scratch.ints(Scratch.WRITE, count + Lanes.TALLEST);
        DirectConvolution.tables(window, piece, count, read, write);
        var left = Scratch.floats(Scratch.LEFT, window.copySize(rows));
        window.copy(source, piece.image(), piece.group(), piece.from(), piece.to(), left);
        var lanes = Scratch.floats(Scratch.TILE, ROWS * COLUMNS * L);
        int channels = at.groupResult();
        for (int c = 0; c < channels; c += COLUMNS) {
            for (int p = 0; p < count; p += ROWS) {
                products(window, left, read, p, packed, piece.group() * channels + c, channels - c, lanes);
                store(lanes, slope, bias, piece.group() * channels + c, channels - c, result, write, p, count);
            }
        }
    }

    private static void products(
            Window window, float[] left, int[] read, int p, float[] packed, int channel, int valid, float[] lanes) {
        int inner = window.at().inner();
        int length = window.segmentLength();
        int b = channel * inner;
        int second = valid > 1 ? inner : 0;
        int third = valid > 2 ? 2 * inner : 0;
        for (int s = 0; s < window.segments(); s++) {
            int a = window.segmentOffset(s);
            DotTile4x3.run(left, a, read, p, length, packed, b, b + second, b + third, lanes, s == 0);
            b += length;
        }
    }

    private static void store(
            float[] lanes,
            float slope,
            float @Nullable [] bias,
            int channel,
            int valid,
            float[] result,
            int[] write,
            int from,
            int count) {
        for (int p = from; p < Math.min(from + ROWS, count); p++) {
            for (int c = 0; c < Math.min(valid, COLUMNS); c++) {
                float v = DotTile4x3.sum(lanes, (p - from) * COLUMNS + c);
                if (bias != null) {
                    v += bias[channel + c];
                }
                result[write[p] + channel + c] = v > 0f ? v : slope * v;
            }
        }
    }
}
