package dev.obverse.backend.cpu.conv;

/**
 * The pieces of work of a convolution: strips of rows of the lattice, for each image and group, and, where those are
 * few, parts of the result channels. The cut depends on the shape only, so results do not depend on the threads.
 *
 * @param rows rows of a strip
 * @param strips strips of an image
 * @param panels panels of result channels
 * @param parts parts that the panels are dealt into
 */
public record Strips(Window window, int rows, int strips, int panels, int parts) {

    /** Floats of a strip's copy that leave half of a 1 MiB L2 cache to weights and results. */
    private static final int L2_FLOATS = 112 * 1024;

    /** Enough pieces to keep many cores busy to the end. */
    private static final int ENOUGH = 16;

    /** Fewer rows than this copy too many rows twice. */
    private static final int FEW_ROWS = 4;

    /** One strip of one image and group, for panels {@code firstPanel} up to {@code lastPanel}. */
    public record Piece(int image, int group, int from, int to, int firstPanel, int lastPanel) {}

    /** Cuts a forward pass or an input gradient. */
    public static Strips forward(Window window, int panels) {
        var at = window.at();
        int rows = at.rows();
        while (rows > 1 && window.copySize(rows) > L2_FLOATS) {
            rows = (rows + 1) / 2;
        }
        while (rows > FEW_ROWS && at.n() * at.groups() * count(at, rows) < ENOUGH) {
            rows = (rows + 1) / 2;
        }
        int pieces = at.n() * at.groups() * count(at, rows);
        int parts = Math.clamp((ENOUGH + pieces - 1) / pieces, 1, panels);
        return new Strips(window, rows, count(at, rows), panels, parts);
    }

    private static int count(Correlation at, int rows) {
        return (at.rows() + rows - 1) / rows;
    }

    /** Number of pieces. */
    public int pieces() {
        return window.at().n() * window.at().groups() * strips * parts;
    }

    /** Piece {@code i}. */
    public Piece piece(int i) {
        int part = i % parts;
        int strip = i / parts % strips;
        int group = i / parts / strips % window.at().groups();
        int image = i / parts / strips / window.at().groups();
        int from = strip * rows;
        int to = Math.min(from + rows, window.at().rows());
        return new Piece(image, group, from, to, part * panels / parts, (part + 1) * panels / parts);
    }
}
