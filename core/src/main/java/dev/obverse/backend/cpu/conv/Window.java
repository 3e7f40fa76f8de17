package dev.obverse.backend.cpu.conv;

import java.util.Arrays;

/**
 * How a piece of a {@link Correlation} sees its source: a zero-padded copy of the rows it reads, in which every tap is
 * a constant offset, so that no kernel knows about borders, strides or dilation.
 *
 * <p>In a plain window the copy has the shape {@code [rows, columns, pitch]}. Neighbouring taps of a row are then
 * contiguous and merge into one segment. With few source channels, or where uniform pixel steps are worth more than
 * memory, the copy is a patch per result pixel, {@code [pixels, taps*channels]} (im2col): one segment in all.
 *
 * @param patches patches instead of a plain window
 * @param pitch floats from one pixel of the copy to the next
 * @param columns pixels of one row of the copy
 * @param firstRow source row of the copy's row 0 for lattice row 0
 * @param firstColumn source column of the copy's column 0
 * @param segments number of contiguous runs of the inner product
 * @param segmentLength floats of one run
 */
public record Window(
        Correlation at,
        boolean patches,
        int pitch,
        int columns,
        int firstRow,
        int firstColumn,
        int tapsPerSegment,
        int segments,
        int segmentLength) {

    /** Pixel pitches that are multiples of this many floats put a tile's pixels into few sets of the L1 cache. */
    private static final int ALIAS = 256;

    /** Floats by which such a pitch is widened: one cache line. */
    private static final int LINE = 16;

    /** A window on {@code at}; patches if asked for, or if a merged segment would be too short to be worth a loop. */
    public static Window of(Correlation at, boolean patches, int shortestSegment) {
        int channels = at.groupSource();
        int firstRow = at.firstRow();
        int firstColumn = at.firstColumn();
        int taps = at.taps().size();
        boolean alias = channels % ALIAS == 0;
        int run = alias ? 1 : run(at);
        if (patches || run * channels < shortestSegment) {
            int inner = at.inner();
            int pitch = inner % ALIAS == 0 ? inner + LINE : inner;
            return new Window(at, true, pitch, at.columns(), firstRow, firstColumn, taps, inner == 0 ? 0 : 1, inner);
        }
        int columns = (at.columns() - 1) * at.stepW() + at.lastColumn() - firstColumn + 1;
        int pitch = alias ? channels + LINE : channels;
        return new Window(
                at, false, pitch, columns, firstRow, firstColumn, run, run == 0 ? 0 : taps / run, run * channels);
    }

    /** Taps in each run of side-by-side source pixels; 1 if the runs differ in length. */
    private static int run(Correlation at) {
        var taps = at.taps();
        if (taps.isEmpty()) {
            return 0;
        }
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

    private static boolean follows(java.util.List<Correlation.Tap> taps, int i) {
        var before = taps.get(i - 1);
        var tap = taps.get(i);
        return tap.row() == before.row() && tap.column() == before.column() + 1;
    }

    /** Rows of the copy behind {@code rows} rows of the lattice. */
    public int copyRows(int rows) {
        return patches ? rows : (rows - 1) * at.stepH() + at.lastRow() - firstRow + 1;
    }

    /** Floats of the copy behind {@code rows} rows of the lattice, with room for a tile to read past the end. */
    public long copySize(int rows) {
        return (long) copyRows(rows) * columns * pitch + 128;
    }

    /** Floats from a lattice row of the copy to the next. */
    public int rowStep() {
        return columns * pitch * (patches ? 1 : at.stepH());
    }

    /** Floats from a lattice pixel of the copy to the next in its row. */
    public int pixelStep() {
        return patches ? pitch : at.stepW() * pitch;
    }

    /** Offset of a segment from the copy's offset of a lattice pixel. */
    public int segmentOffset(int segment) {
        if (patches) {
            return 0;
        }
        var tap = at.taps().get(segment * tapsPerSegment);
        return ((tap.row() - firstRow) * columns + tap.column() - firstColumn) * pitch;
    }

    /** Whether the source itself, undivided and read with {@link #inPlaceOffset}, has the layout of the copy. */
    public boolean inPlace() {
        return !patches
                && at.groups() == 1
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
        if (patches) {
            copyPatches(source, image, group, from, to, copy);
            return;
        }
        int channels = at.groupSource();
        int base = group * channels;
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
            int x = ((image * at.sourceH() + y) * at.sourceW() + first + firstColumn) * at.sourceChannels() + base;
            if (pitch == at.sourceChannels()) {
                System.arraycopy(source, x, copy, o + first * pitch, (last - first) * pitch);
            } else {
                for (int c = first; c < last; c++) {
                    copyFew(source, x, copy, o + c * pitch, channels);
                    x += at.sourceChannels();
                }
            }
        }
    }

    private void copyPatches(float[] source, int image, int group, int from, int to, float[] copy) {
        int channels = at.groupSource();
        int t = 0;
        for (var tap : at.taps()) {
            for (int r = from; r < to; r++) {
                int y = r * at.stepH() + tap.row();
                int o = (r - from) * columns * pitch + t * channels;
                int x = (image * at.sourceH() + y) * at.sourceW() * at.sourceChannels() + group * channels;
                boolean inside = y >= 0 && y < at.sourceH();
                for (int c = 0; c < columns; c++) {
                    int column = c * at.stepW() + tap.column();
                    if (inside && column >= 0 && column < at.sourceW()) {
                        copyFew(source, x + column * at.sourceChannels(), copy, o, channels);
                    } else {
                        Arrays.fill(copy, o, o + channels, 0f);
                    }
                    o += pitch;
                }
            }
            t++;
        }
    }

    /** A call of arraycopy costs more than a handful of moves. */
    private static void copyFew(float[] from, int i, float[] to, int o, int count) {
        if (count > 8) {
            System.arraycopy(from, i, to, o, count);
            return;
        }
        for (int c = 0; c < count; c++) {
            to[o + c] = from[i + c];
        }
    }
}
