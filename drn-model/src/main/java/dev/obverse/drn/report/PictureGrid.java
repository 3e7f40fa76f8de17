package dev.obverse.drn.report;

import dev.obverse.drn.data.RgbImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows of pictures under headings, as one picture. Small pictures are shown enlarged, so that a cell is at least
 * {@value #LEAST_CELL} pixels wide.
 */
public final class PictureGrid {
    private static final int LEAST_CELL = 128;
    private static final int GAP = 6;
    private static final float INK = 0.2f;

    private final List<String> headings;
    private final List<Row> rows = new ArrayList<>();

    private record Row(String caption, List<RgbImage> pictures) {}

    /** A grid of rows with a picture for each heading. */
    public PictureGrid(String... headings) {
        this.headings = List.of(headings);
    }

    /** The grid of the paper: original, fake, traced, and the mask between original and traced. */
    public static PictureGrid ofPairs(List<TracedPair> pairs) {
        var grid = new PictureGrid("original", "fake", "traced", "mask");
        pairs.forEach(p -> grid.row(p.caption(), p.original(), p.fake(), p.traced(), p.mask()));
        return grid;
    }

    /** What a single fake shows: itself, the traced face, and where the two differ. */
    public static PictureGrid ofTrace(RgbImage fake, RgbImage traced) {
        return new PictureGrid("fake", "traced", "change").row("", fake, traced, Mask.of(fake, traced));
    }

    /** Appends a row; all pictures of a grid have one size. */
    public PictureGrid row(String caption, RgbImage... pictures) {
        if (pictures.length != headings.size()) {
            throw new IllegalArgumentException("A row of this grid has " + headings.size() + " pictures ("
                    + String.join(", ", headings) + "), not " + pictures.length);
        }
        var first = rows.isEmpty() ? pictures[0] : rows.getFirst().pictures().getFirst();
        for (var picture : pictures) {
            if (picture.width() != first.width() || picture.height() != first.height()) {
                throw new IllegalArgumentException("Pictures of a grid must be of one size; the first is "
                        + first.width() + "x" + first.height() + ", row " + rows.size() + " has one of "
                        + picture.width() + "x" + picture.height());
            }
        }
        rows.add(new Row(caption, Arrays.asList(pictures.clone())));
        return this;
    }

    /** Draws the grid. */
    public RgbImage draw() {
        if (rows.isEmpty()) {
            throw new IllegalStateException("A grid needs at least one row of pictures");
        }
        var first = rows.getFirst().pictures().getFirst();
        int scale = Math.max(1, Math.ceilDiv(LEAST_CELL, first.width()));
        int width = first.width() * scale;
        int height = first.height() * scale;
        boolean captions = rows.stream().anyMatch(row -> !row.caption().isEmpty());
        int rowHeight = height + GAP + (captions ? Caption.HEIGHT + 2 : 0);
        int fullWidth = GAP + headings.size() * (width + GAP);
        var sheet = new RgbImage(fullWidth, 2 * GAP + Caption.HEIGHT + rows.size() * rowHeight);
        Arrays.fill(sheet.rgb(), 1);
        for (int column = 0; column < headings.size(); column++) {
            Caption.draw(sheet, headings.get(column), GAP + column * (width + GAP), GAP, width, INK);
        }
        for (int i = 0; i < rows.size(); i++) {
            int y = 2 * GAP + Caption.HEIGHT + i * rowHeight;
            var pictures = rows.get(i).pictures();
            for (int column = 0; column < pictures.size(); column++) {
                paste(pictures.get(column), scale, sheet, GAP + column * (width + GAP), y);
            }
            Caption.draw(sheet, rows.get(i).caption(), GAP, y + height + 2, fullWidth - 2 * GAP, INK);
        }
        return sheet;
    }

    /** Every pixel becomes a square of {@code scale} x {@code scale}. */
    private static void paste(RgbImage picture, int scale, RgbImage sheet, int left, int top) {
        for (int y = 0; y < picture.height() * scale; y++) {
            for (int x = 0; x < picture.width() * scale; x++) {
                int from = (y / scale * picture.width() + x / scale) * 3;
                System.arraycopy(picture.rgb(), from, sheet.rgb(), ((top + y) * sheet.width() + left + x) * 3, 3);
            }
        }
    }
}
