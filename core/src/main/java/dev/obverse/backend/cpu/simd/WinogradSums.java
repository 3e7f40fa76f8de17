package dev.obverse.backend.cpu.simd;

import dev.obverse.backend.cpu.conv.ImageParts;
import dev.obverse.backend.cpu.conv.WinogradTiles;

/**
 * The sums over tiles of Winograd's weight gradient: at each of its 36 points, the transposed matrix of transformed
 * tiles times a matrix of transformed gradients.
 *
 * <p>Both are stored as {@code [point][chunk][tile][lane]}, a chunk being the channels of one vector: a register tile
 * reads them from end to end.
 *
 * <p>Arguments common to all register tiles: the scalar of channel {@code r} and tile {@code i} is at {@code a[ao + i*L
 * + r]}, the gradients of tile {@code i} are at {@code b[bo + i*L]}, those of a second vector {@code plane} floats
 * further on; the sums go to {@code c[co]} and on, row after row, or, unless {@code first}, are added to what is there.
 *
 * @param tiles of the block
 * @param sourceChannels a multiple of the vector
 * @param resultChannels a multiple of the vector
 */
record WinogradSums(int tiles, int sourceChannels, int resultChannels) {
    private static final int L = Lanes.LENGTH;
    private static final int PANEL = Lanes.PANEL;

    private int chunk() {
        return tiles * L + Lanes.LINE;
    }

    private int sourceStride() {
        return sourceChannels / L * chunk() + Lanes.LINE;
    }

    private int gradientStride() {
        return resultChannels / L * chunk() + Lanes.LINE;
    }

    /** Floats of the transformed source at {@code points} points. */
    long sourceSize(int points) {
        return (long) points * sourceStride();
    }

    /** Floats of the transformed gradient at {@code points} points. */
    long gradientSize(int points) {
        return (long) points * gradientStride();
    }

    /** Floats from a point's sums to the next point's, for {@code rows} channels and a panel of {@code width}. */
    static int pointStride(int rows, int width) {
        return rows * width + Lanes.LINE;
    }

    /** Transforms {@code count} tiles from {@code from} on, where the block begins with the first tile of all. */
    void transform(WinogradTiles all, int from, int count, ImageParts x, float[] dy, float[] u, float[] v) {
        WinogradSource.tiles(all, from, count, x, u, from * L, sourceStride(), chunk());
        WinogradGradient.tiles(all, from, count, dy, v, from * L, gradientStride(), chunk());
    }

    /** Transforms row {@code y} of the strips of the block's tiles, of which {@code first} is the first. */
    void transformRow(WinogradTiles all, int first, int y, float[] source, float[] gradient, float[] u, float[] v) {
        WinogradSource.rows(all, first, tiles, source, y, u, 0, sourceStride(), chunk());
        WinogradGradient.rows(all, tiles, gradient, y, v, 0, gradientStride(), chunk());
    }

    /**
     * Adds to, or sets if {@code first}, the sums {@code [point][row][column]} of {@code rows} channels from
     * {@code channel} on and the panel at {@code column}.
     */
    void add(int points, float[] u, float[] v, int channel, int rows, int column, float[] sums, int so, boolean first) {
        int width = Math.min(PANEL, resultChannels - column);
        for (int p = 0; p < points; p++) {
            int b = p * gradientStride() + column / L * chunk();
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
            WinogradSums8x2.run(u, a, tiles, v, b, chunk(), sums, c, first);
            WinogradSums8x2.run(u, a + 8, tiles, v, b, chunk(), sums, c + 8 * PANEL, first);
            return;
        }
        for (int r = 0; r < L; r += 4) {
            WinogradSums4x2.run(u, a + r, tiles, v, b, chunk(), sums, c + r * PANEL, first);
        }
    }
}
