package dev.obverse.backend.cpu.simd;

import static dev.obverse.backend.cpu.conv.WinogradTiles.POINTS;

import dev.obverse.backend.cpu.conv.ImageParts;
import dev.obverse.backend.cpu.conv.WinogradTiles;

/**
 * The sums over tiles of Winograd's weight gradient: at each of its 36 points, the transposed matrix of transformed
 * tiles times a matrix of transformed gradients.
 *
 * <p>Tiles are stored as {@code [point][chunk][tile][lane]}, a chunk being the channels of one vector, and gradients as
 * {@code [panel][point][tile][column]}: a register tile reads both from end to end.
 *
 * <p>Arguments common to all register tiles: the scalar of channel {@code r} and tile {@code i} is at {@code a[ao + i*L
 * + r]}, the gradients of tile {@code i} begin at {@code b[bo]} and are one or two vectors long; the sums go to
 * {@code c[co]} and on, row after row, or, unless {@code first}, are added to what is there.
 *
 * @param tiles of the block
 * @param sourceChannels a multiple of the vector
 * @param resultChannels a multiple of the vector
 */
record WinogradSums(int tiles, int sourceChannels, int resultChannels) {
    private static final int L = Lanes.LENGTH;
    private static final int PANEL = Lanes.PANEL;

    /** A cache line: distances that are multiples of 4 KiB would put all points into few sets of the L1 cache. */
    private static final int LINE = 16;

    private int chunk() {
        return tiles * L + LINE;
    }

    private int sourceStride() {
        return sourceChannels / L * chunk() + LINE;
    }

    private int gradientStride() {
        return tiles * PANEL + LINE;
    }

    private int panelStride() {
        return POINTS * gradientStride();
    }

    /** Floats of the transformed source. */
    long sourceSize() {
        return (long) POINTS * sourceStride();
    }

    /** Floats of the transformed gradient. */
    long gradientSize() {
        return (long) (resultChannels + PANEL - 1) / PANEL * panelStride();
    }

    /** Floats from a point's sums to the next point's, for {@code rows} channels and a panel of {@code width}. */
    static int pointStride(int rows, int width) {
        return rows * width + LINE;
    }

    /** Transforms {@code count} tiles from {@code from} on, where the block begins with tile {@code first}. */
    void transform(WinogradTiles all, int first, int from, int count, ImageParts x, float[] dy, float[] u, float[] v) {
        WinogradSource.tiles(all, first + from, count, x, u, sourceStride(), chunk(), from * L, L);
        WinogradGradient.tiles(all, first + from, count, dy, v, from, gradientStride(), panelStride());
    }

    /**
     * Adds to, or sets if {@code first}, the sums {@code [point][row][column]} of {@code rows} channels from
     * {@code channel} on and the panel at {@code column}.
     */
    void add(float[] u, float[] v, int channel, int rows, int column, float[] sums, int so, boolean first) {
        int width = Math.min(PANEL, resultChannels - column);
        for (int p = 0; p < POINTS; p++) {
            int b = column / PANEL * panelStride() + p * gradientStride();
            int c = so + p * pointStride(rows, width);
            for (int r = 0; r < rows; r += L) {
                int a = p * sourceStride() + (channel + r) / L * chunk();
                if (width == L) {
                    one(u, a, v, b, sums, c + r * width, first);
                } else {
                    two(u, a, v, b, sums, c + r * width, first);
                }
            }
        }
    }

    private void one(float[] u, int a, float[] v, int b, float[] sums, int c, boolean first) {
        if (L == 16) {
            WinogradSums16x1.run(u, a, tiles, v, b, sums, c, first);
            return;
        }
        for (int r = 0; r < L; r += 4) {
            WinogradSums4x1.run(u, a + r, tiles, v, b, sums, c + r * L, first);
        }
    }

    private void two(float[] u, int a, float[] v, int b, float[] sums, int c, boolean first) {
        if (L == 16) {
            WinogradSums8x2.run(u, a, tiles, v, b, sums, c, first);
            WinogradSums8x2.run(u, a + 8, tiles, v, b, sums, c + 8 * PANEL, first);
            return;
        }
        for (int r = 0; r < L; r += 4) {
            WinogradSums4x2.run(u, a + r, tiles, v, b, sums, c + r * PANEL, first);
        }
    }
}
