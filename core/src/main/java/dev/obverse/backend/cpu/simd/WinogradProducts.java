package dev.obverse.backend.cpu.simd;

/**
 * The products of Winograd's algorithm: at each of its 36 points, a matrix of transformed tiles times a matrix of
 * transformed weights.
 *
 * <p>The tiles' channels are stored in chunks of one vector, {@code [point][chunk][tile][lane]}: the scalars that a
 * register tile broadcasts then lie at constant distances from each other, where distances from a table would have to
 * be loaded as well. {@link RowTiles} says more about the form of a register tile.
 *
 * <p>Arguments common to all register tiles: the scalar of row {@code r} and channel {@code i} is at {@code a[ao +
 * i/L*chunk + r*L + i%L]}, where {@code L} is the number of lanes and {@code skip = chunk - L + 1}; row {@code i} of
 * the weights begins at {@code b[bo]} and is one or two vectors long; the sums of row {@code r} go to {@code c[co +
 * r*L]}, and those of a second vector {@code plane} floats further on.
 *
 * @param tiles of the block
 * @param channels of the source, a multiple of the vector
 * @param chunk floats from one chunk of channels to the next
 * @param sourceStride floats of the source from one point to the next
 * @param plane floats of the products from one vector of channels to the next
 * @param productStride floats of the products from one point to the next
 */
record WinogradProducts(int tiles, int channels, int chunk, int sourceStride, int plane, int productStride) {
    private static final int L = Lanes.LENGTH;
    private static final int ROWS_OF_ONE = Lanes.MANY_REGISTERS ? 16 : 8;
    private static final int ROWS_OF_TWO = Lanes.MANY_REGISTERS ? 12 : 6;

    static WinogradProducts of(int tiles, int channels) {
        // The last register tile may compute rows that nobody reads.
        int rows = tiles + ROWS_OF_ONE;
        int chunk = rows * L + Lanes.LINE;
        return new WinogradProducts(
                tiles, channels, chunk, channels / L * chunk + Lanes.LINE, rows * L, 2 * rows * L + Lanes.LINE);
    }

    /** Floats of the transformed tiles at {@code points} points. */
    long sourceSize(int points) {
        return (long) points * sourceStride;
    }

    /** Floats of the products with one panel at {@code points} points. */
    long productSize(int points) {
        return (long) points * productStride;
    }

    /** Tiles of a register tile, where the result has this many channels. */
    static int rows(int resultChannels) {
        return resultChannels > L ? ROWS_OF_TWO : ROWS_OF_ONE;
    }

    /** Floats from a point's weights of a panel to the next point's. */
    static int weightStride(int channels, int width) {
        return channels * width + Lanes.LINE;
    }

    /**
     * Products at {@code points} points of {@code count} channels from {@code channel} on with a panel of weights that
     * is {@code width} wide: one vector or two.
     *
     * @param first whether to set the products rather than to add to them
     */
    void run(int points, float[] u, int channel, int count, float[] w, int wo, int width, float[] m, boolean first) {
        int skip = chunk - L + 1;
        int weights = weightStride(count, width);
        for (int i = 0; i < points; i++) {
            int uo = i * sourceStride + channel / L * chunk;
            if (width == L) {
                one(u, uo, count, skip, w, wo + i * weights, m, i * productStride, first);
            } else {
                two(u, uo, count, skip, w, wo + i * weights, m, i * productStride, first);
            }
        }
    }

    private void one(float[] u, int uo, int count, int skip, float[] w, int wo, float[] m, int mo, boolean first) {
        for (int r = 0; r < tiles; r += ROWS_OF_ONE) {
            if (Lanes.MANY_REGISTERS) {
                WinogradTile16x1.run(u, uo + r * L, count, skip, w, wo, m, mo + r * L, first);
            } else {
                WinogradTile8x1.run(u, uo + r * L, count, skip, w, wo, m, mo + r * L, first);
            }
        }
    }

    private void two(float[] u, int uo, int count, int skip, float[] w, int wo, float[] m, int mo, boolean first) {
        for (int r = 0; r < tiles; ) {
            int left = tiles - r;
            if (!Lanes.MANY_REGISTERS) {
                WinogradTile6x2.run(u, uo + r * L, count, skip, w, wo, m, mo + r * L, plane, first);
                r += 6;
            } else if (left <= 8 || (left > 12 && left <= 16)) {
                // 16 and 64 tiles, as small images have, end in two of 8 instead of one of 12 and a third of one.
                WinogradTile8x2.run(u, uo + r * L, count, skip, w, wo, m, mo + r * L, plane, first);
                r += 8;
            } else {
                WinogradTile12x2.run(u, uo + r * L, count, skip, w, wo, m, mo + r * L, plane, first);
                r += 12;
            }
        }
    }
}
