package dev.obverse.backend.cpu.conv;

/**
 * The pieces of work of a weight gradient. The batch's strips of rows are dealt to {@code sums} slabs of consecutive
 * strips, each with its own partial sum; small weights afford many, and large ones are cut by result channels instead.
 * The cut depends on the shape only, and so does the order of every sum.
 *
 * @param rows rows of a strip
 * @param strips strips of an image
 * @param panels panels of result channels
 * @param parts parts that the panels are dealt into
 * @param sums partial sums
 * @param sumSize floats of a partial sum
 */
public record Slabs(Window window, int rows, int strips, int panels, int parts, int sums, int sumSize) {

    /** Floats of a strip's copy that leave part of a 1 MiB L2 cache to gradients and sums. */
    private static final int L2_FLOATS = 96 * 1024;

    /** Enough pieces to keep many cores busy to the end. */
    private static final int ENOUGH = 16;

    /** Most floats of all partial sums together. */
    private static final int SUM_FLOATS = 1 << 21;

    /** The strips {@code firstUnit} up to {@code lastUnit} of the batch and some panels of one group. */
    public record Piece(int sum, int group, int firstUnit, int lastUnit, int firstPanel, int lastPanel) {}

    /** Cuts a weight gradient. */
    public static Slabs of(Window window, int panels, int sumSize) {
        var at = window.at();
        int rows = at.rows();
        while (rows > 1 && window.copySize(rows) > L2_FLOATS) {
            rows = (rows + 1) / 2;
        }
        int affordable = Math.clamp(SUM_FLOATS / sumSize, 1, ENOUGH);
        while (rows > 8 && (long) at.n() * ((at.rows() + rows - 1) / rows) < affordable) {
            rows = (rows + 1) / 2;
        }
        int strips = (at.rows() + rows - 1) / rows;
        int sums = Math.min(affordable, at.n() * strips);
        int parts = Math.clamp((ENOUGH + sums * at.groups() - 1) / (sums * at.groups()), 1, panels);
        return new Slabs(window, rows, strips, panels, parts, sums, sumSize);
    }

    /** Number of pieces. */
    public int pieces() {
        return sums * window.at().groups() * parts;
    }

    /** Piece {@code i}. */
    public Piece piece(int i) {
        int part = i % parts;
        int group = i / parts % window.at().groups();
        int sum = i / parts / window.at().groups();
        int units = window.at().n() * strips;
        return new Piece(
                sum,
                group,
                (int) ((long) sum * units / sums),
                (int) ((long) (sum + 1) * units / sums),
                part * panels / parts,
                (part + 1) * panels / parts);
    }
}
