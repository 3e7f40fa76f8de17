package dev.obverse.backend.cpu.simd;

import dev.obverse.backend.cpu.conv.Correlation;
import dev.obverse.backend.cpu.conv.Scratch;
import dev.obverse.backend.cpu.conv.Tail;

/**
 * Products of neighbouring result pixels with panels of the weight, for what each pixel reads in the order
 * {@code [chunk][pixel][lane]}, where a chunk is a vector of the inner dimension. The scalars that a register tile
 * broadcasts then lie at constant distances; {@link WinogradProducts}, whose register tiles these are, says why that
 * pays. The sums go to a buffer in the L1 cache, and from there through the tail to the result.
 */
final class PixelTiles {
    private static final int L = Lanes.LENGTH;
    private static final int PANEL = Lanes.PANEL;

    private PixelTiles() {}

    /** Floats from a chunk to the next. The last register tile may compute rows that nobody reads. */
    static int chunk(int rows) {
        return (rows + Lanes.TALLEST) * L + Lanes.LINE;
    }

    /** Floats of what {@code rows} pixels read. */
    static long leftSize(int rows, int inner) {
        return (long) (inner + L - 1) / L * chunk(rows);
    }

    /**
     * Computes {@code rows} result pixels, panels {@code firstPanel} up to {@code lastPanel}.
     *
     * @param left what they read
     * @param packed all panels, each {@code [inner][2L]}
     * @param o offset of the first pixel in the result, of which the others follow
     */
    static void run(
            Correlation at,
            Tail tail,
            int rows,
            int firstPanel,
            int lastPanel,
            float[] left,
            float[] packed,
            float[] bias,
            float[] result,
            int o) {
        int inner = at.inner();
        int skip = chunk(rows) - L + 1;
        int plane = (rows + Lanes.TALLEST) * L;
        var sums = Scratch.floats(Scratch.TILE, 2L * plane);
        for (int panel = firstPanel; panel < lastPanel; panel++) {
            for (int r = 0; r < rows; ) {
                r += tile(left, r * L, rows - r, inner, skip, packed, panel * inner * PANEL, sums, r * L, plane);
            }
            int channel = panel * PANEL;
            TileTails.run(tail, sums, plane, rows, bias, channel, result, o + channel, at.resultChannels());
        }
    }

    /** Runs the register tile that fits {@code rows} pixels best and returns how many it computed. */
    private static int tile(
            float[] left, int a, int rows, int inner, int skip, float[] packed, int b, float[] sums, int o, int plane) {
        if (!Lanes.MANY_REGISTERS) {
            WinogradTile6x2.run(left, a, inner, skip, packed, b, sums, o, plane, true);
            return 6;
        }
        if (RowTiles.eights(rows)) {
            WinogradTile8x2.run(left, a, inner, skip, packed, b, sums, o, plane, true);
            return 8;
        }
        WinogradTile12x2.run(left, a, inner, skip, packed, b, sums, o, plane, true);
        return 12;
    }
}
