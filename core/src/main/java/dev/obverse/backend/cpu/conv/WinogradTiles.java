package dev.obverse.backend.cpu.conv;

import dev.obverse.backend.cpu.ConvAlgorithm;

/**
 * How Winograd's F(4x4, 3x3) cuts a {@link Correlation} with nine neighbouring taps: its result falls into tiles of 4x4
 * pixels, each of which reads 6x6 pixels of the source. Tiles are numbered over the whole batch, row by row.
 *
 * @param down tiles of a column of tiles
 * @param across tiles of a row of tiles
 * @param firstRow source row that the first tile begins with, which may lie outside
 * @param firstColumn source column that the first tile begins with
 */
public record WinogradTiles(Correlation at, int down, int across, int firstRow, int firstColumn) {
    /** Result pixels along a side of a tile. */
    public static final int RESULT = 4;

    /** Source pixels along a side of a tile. */
    public static final int SOURCE = 6;

    /** Products per channel of a tile: the points of the transform along both axes. */
    public static final int POINTS = SOURCE * SOURCE;

    /** Most floats of transformed weights, so that offsets into them stay far from overflow. */
    private static final long LARGEST = 1L << 29;

    /** Direct multiplications per channel pair and pixel. */
    private static final int DIRECT_COST = 9;

    /** What a tile costs, in such multiplications: 36, and its share of the transforms as measured. */
    private static final int TILE_COST = 47;

    /**
     * Whether {@code at} is a 3x3 convolution of stride 1 without dilation or groups, or the gradient of one, and its
     * channels are multiples of {@code lanes} and not absurdly many.
     */
    private static boolean fits(Correlation at, int lanes) {
        if (at.taps().size() != 9
                || at.sourceChannels() % lanes != 0
                || at.resultChannels() % lanes != 0
                || (long) POINTS * at.sourceChannels() * at.resultChannels() > LARGEST
                || at.groups() != 1
                || at.stepH() * at.stepW() * at.rowStep() * at.columnStep() != 1) {
            return false;
        }
        var first = at.taps().getFirst();
        for (int i = 0; i < 9; i++) {
            var tap = at.taps().get(i);
            if (tap.row() != first.row() + i / 3 || tap.column() != first.column() + i % 3) {
                return false;
            }
        }
        return true;
    }

    /** The tiles of a correlation that is {@link #chosen}. */
    public static WinogradTiles of(Correlation at) {
        var first = at.taps().getFirst();
        int down = (at.rows() + RESULT - 1) / RESULT;
        int across = (at.columns() + RESULT - 1) / RESULT;
        return new WinogradTiles(at, down, across, first.row(), first.column());
    }

    /**
     * Whether Winograd's algorithm can compute {@code at} and is either forced or the faster one: the tiles then save
     * more multiplications than it costs to transform them and their weights.
     *
     * @param weightCost of the weights of a channel pair, in direct multiplications, as measured on 4 to 64 tiles
     */
    public static boolean chosen(ConvAlgorithm algorithm, Correlation at, int lanes, int weightCost) {
        return algorithm != ConvAlgorithm.DIRECT
                && fits(at, lanes)
                && (algorithm == ConvAlgorithm.WINOGRAD || of(at).pay(weightCost));
    }

    private boolean pay(int weightCost) {
        long pixels = (long) at.n() * at.rows() * at.columns();
        return (long) TILE_COST * count() + weightCost < DIRECT_COST * pixels;
    }

    /** Tiles of the whole batch. */
    public int count() {
        return at.n() * down * across;
    }

    /** Tiles from number {@code tile} on that stand in one row of an image, {@code most} of them at the most. */
    public int run(int tile, int most) {
        return Math.min(across - tile % across, most);
    }

    /** Source pixels along a {@link #run} of that many tiles, which share two with each neighbour. */
    public static int pixels(int run) {
        return run * RESULT + SOURCE - RESULT;
    }

    /** Source pixels along all runs of {@code count} tiles from {@code first} on. */
    public int pixels(int first, int count) {
        int runs = (first + count - 1) / across - first / across + 1;
        return count * RESULT + runs * (SOURCE - RESULT);
    }

    /** Result row of a tile's first pixel. */
    public int row(int tile) {
        return tile / across % down * RESULT;
    }

    /** Result column of a tile's first pixel. */
    public int column(int tile) {
        return tile % across * RESULT;
    }

    /** Image of the batch that a tile belongs to. */
    public int image(int tile) {
        return tile / (down * across);
    }
}
