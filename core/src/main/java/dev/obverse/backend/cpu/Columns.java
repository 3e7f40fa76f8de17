package dev.obverse.backend.cpu;

/**
 * Data whose elements belong to {@code columns} columns in turn. Few columns make rows too short for vectors, so
 * several rows are treated as one of {@code width} elements, and what belongs to a column is folded together
 * afterwards.
 */
record Columns(int columns, int width) {
    /** Rows this long lose little to a vector tail, and rows side by side are runs that memory delivers well. */
    private static final int LONG = 512;

    static Columns of(int columns) {
        int width = columns;
        if (columns < LONG) {
            // A multiple of 16 lanes has no tail on any machine.
            width = columns * (16 / Math.min(16, Integer.lowestOneBit(columns)));
            width *= (LONG - 1) / width + 1;
        }
        return new Columns(columns, width);
    }

    /** One value per column, repeated to a row. */
    float[] repeat(float[] values, int offset) {
        var row = new float[width];
        for (int j = 0; j < width; j += columns) {
            System.arraycopy(values, offset, row, j, columns);
        }
        return row;
    }

    /** {@code target[offset + c] +=} the sum of a row's elements of column {@code c}. */
    void fold(float[] row, double[] target, int offset) {
        for (int c = 0; c < columns; c++) {
            double sum = 0;
            for (int j = c; j < width; j += columns) {
                sum += row[j];
            }
            target[offset + c] += sum;
        }
    }

    /** Elements of a block: as many whole rows as make about a piece of work. */
    int block() {
        return Math.max(1, Pieces.GRAIN / width) * width;
    }
}
