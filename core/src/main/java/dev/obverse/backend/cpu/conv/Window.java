package dev.obverse.backend.cpu.conv;

import java.util.Arrays;
import java.util.List;

/**
 * How a piece of a {@link Correlation} sees its source: a zero-padded copy {@code [rows, columns, pitch]} of the rows
 * it reads, in which every tap is a constant offset, so that no kernel knows about borders, strides or dilation.
 * Neighbouring taps of a row are contiguous in it and merge into one segment of the inner product.
 *
 * @param pitch floats from one pixel of the copy to the next
 * @param columns pixels of one row of the copy
 * @param firstRow source row of the copy's row 0 for lattice row 0
 * @param firstColumn source column of the copy's column 0
 * @param tapsPerSegment taps that are merged
 * @param segments number of contiguous runs of the inner product
 * @param segmentLength floats of one run
 */
public record Window(
        Correlation at,
        int pitch,
        int columns,
        int firstRow,
        int firstColumn,
        int tapsPerSegment,
        int segments,
        int segmentLength) {

    /** Pixel pitches that are multiples of this many floats put a tile's pixels into few sets of the L1 cache. */
    private static final int ALIAS = 256;

    /** The same where a pixel is its own window: a tile's few pixels may share sets as long as they fit. */
    private static final int ALIAS_OF_ONE = 1024;

    /** Floats by which such a pitch is widened: one cache line. */
    private static final int LINE = 16;

    /** Floats that a kernel may read past the last pixel. */
    private static final int SLACK = 128;

    /** The window of {@code at}. */
    public static Window of(Correlation at) {
        int channels = at.groupSource();
        int taps = at.taps().size();
        boolean alias = channels % (taps == 1 ? ALIAS_OF_ONE : ALIAS) == 0;
        int run = alias ? 1 : run(at.taps());
        int columns = (at.columns() - 1) * at.stepW() + at.lastColumn() - at.firstColumn() + 1;
        return new Window(
                at,
                alias ? channels + LINE : channels,
                columns,
                at.firstRow(),
                at.firstColumn(),
                run,
                channels == 0 ? 0 : taps / run,
                run * channels);
    }

    /** Taps in each run of side-by-side source pixels; 1 if the runs differ in length. */
    private static int run(List<Correlation.Tap> taps) {
        int run = 1;
        while (run < taps.size() && follows(taps, run)) {
            run++;
        }
        for (int i = 0; i < taps.size(); i++) {
            if (i % run != 0 && !follows(taps, i)) {
                return 1;
            }
        }
        return taps.size() % run == 0 ? run : 1;
    }

    private static boolean follows(List<Correlation.Tap> taps, int i) {
        var before = taps.get(i - 1);
        var tap = taps.get(i);
        return tap.row() == before.row() && tap.column() == before.column() + 1;
    }

    /** Rows of the copy behind {@code rows} rows of the lattice. */
    public int copyRows(int rows) {
        return (rows - 1) * at.stepH() + at.lastRow() - firstRow + 1;
    }

    /** Floats of the copy behind {@code rows} rows of the lattice, with room for a kernel to read past the end. */
    public long copySize(int rows) {
        return (long) copyRows(rows) * columns * pitch + SLACK;
    }

    /** Floats from a lattice row of the copy to the next. */
    public int rowStep() {
        return columns * pitch * at.stepH();
    }

    /** Floats from a lattice pixel of the copy to the next in its row. */
    public int pixelStep() {
        return at.stepW() * pitch;
    }

    /** Offset of a segment from the copy's offset of a lattice pixel. */
    public int segmentOffset(int segment) {
        var tap = at.taps().get(segment * tapsPerSegment);
        return ((tap.row() - firstRow) * columns + tap.column() - firstColumn) * pitch;
    }

    /** Sets {@code offsets} to those of the lattice pixels of {@code rows} rows in the copy. */
    public void pixels(int rows, int[] offsets) {
        int i = 0;
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < at.columns(); column++) {
                offsets[i++] = row * rowStep() + column * pixelStep();
            }
        }
    }

    /** Whether the source itself, read from {@link #inPlaceOffset} on, has the layout of the copy. */
    public boolean inPlace() {
        return at.groups() == 1
                && pitch == at.sourceChannels()
                && columns == at.sourceW()
                && firstColumn == 0
                && firstRow == 0
                && (at.rows() - 1) * at.stepH() + at.lastRow() < at.sourceH();
    }

    /** Offset in the source of lattice row {@code row} of an image, where the source is read in place. */
    public int inPlaceOffset(int image, int row) {
        return (image * at.sourceH() + row * at.stepH()) * at.sourceW() * at.sourceChannels();
    }

    /** Fills the copy behind lattice rows {@code from} up to {@code to} of one image and group. */
    public void copy(float[] source, int image, int group, int from, int to, float[] copy) {
        int channels = at.groupSource();
        int rows = copyRows(to - from);
        int first = Math.clamp(-firstColumn, 0, columns);
        int last = Math.clamp(at.sourceW() - firstColumn, first, columns);
        for (int r = 0; r < rows; r++) {
            int y = from * at.stepH() + firstRow + r;
            int o = r * columns * pitch;
            if (y < 0 || y >= at.sourceH()) {
                Arrays.fill(copy, o, o + columns * pitch, 0f);
                continue;
            }
            Arrays.fill(copy, o, o + first * pitch, 0f);
            Arrays.fill(copy, o + last * pitch, o + columns * pitch, 0f);
            int x = ((image * at.sourceH() + y) * at.sourceW() + first + firstColumn) * at.sourceChannels()
                    + group * channels;
            if (pitch == at.sourceChannels()) {
                System.arraycopy(source, x, copy, o + first * pitch, (last - first) * pitch);
            } else {
                for (int c = first; c < last; c++) {
                    System.arraycopy(source, x, copy, o + c * pitch, channels);
                    x += at.sourceChannels();
                }
            }
        }
    }
}
