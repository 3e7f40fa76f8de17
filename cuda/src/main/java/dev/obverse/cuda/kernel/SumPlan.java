package dev.obverse.cuda.kernel;

/**
 * How a sum over the middle axis of {@code [outer, extent, inner]} is cut into blocks. It depends on the shape only, so
 * that every card adds in the same order.
 *
 * @param suffix of the kernel's name
 * @param blockX threads side by side: along the row, or one for each column
 * @param blockY rows that a block of columns reads at a time
 * @param grid blocks for one piece of the axis
 * @param pieces pieces of the axis, of {@code piece} elements each, the last one shorter
 */
record SumPlan(String suffix, int blockX, int blockY, int grid, int pieces, int piece) {
    private static final int THREADS = 256;
    private static final int WIDEST = 32;
    /** Elements that a thread should at least add, and blocks that fill a card. */
    private static final int LEAST = 16;

    private static final int BLOCKS = 2048;

    static SumPlan of(int outer, int extent, int inner) {
        if (inner == 1) {
            return cut("_rows", THREADS, 1, outer, extent, THREADS * LEAST);
        }
        int width = Math.min(WIDEST, Integer.highestOneBit(2 * inner - 1));
        int tiles = (inner - 1) / width + 1;
        return cut("_columns", width, THREADS / width, outer * tiles, extent, THREADS / width * LEAST);
    }

    private static SumPlan cut(String suffix, int blockX, int blockY, int grid, int extent, int least) {
        int wanted = Math.min((extent - 1) / least + 1, Math.max(1, BLOCKS / grid));
        int piece = (extent - 1) / wanted + 1;
        return new SumPlan(suffix, blockX, blockY, grid, (extent - 1) / piece + 1, piece);
    }
}
