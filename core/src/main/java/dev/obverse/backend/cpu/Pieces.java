package dev.obverse.backend.cpu;

/**
 * Cuts a loop into pieces for {@link Workers}. The cut follows from the extents alone, so a piece computes the same
 * bits whichever thread runs it and however many there are.
 */
final class Pieces {
    /**
     * Elements that are worth a piece of their own: about ten microseconds of memory traffic, and small enough that
     * what one pass reads is still in the second-level cache for the next.
     */
    static final int GRAIN = 1 << 15;

    /** Extents of a piece are multiples of this, so that only the last one has a vector tail. */
    private static final int ALIGNMENT = 64;

    private Pieces() {}

    /** A part of a loop, {@code from} inclusive, {@code to} exclusive. */
    @FunctionalInterface
    interface Range {
        void run(int from, int to);
    }

    /** Runs {@code body} over {@code n} elements. */
    static void over(int n, Range body) {
        if (n <= 0) {
            return;
        }
        int pieces = (n - 1) / GRAIN + 1;
        int size = roundUp((n - 1) / pieces + 1, ALIGNMENT);
        int count = (n - 1) / size + 1;
        Workers.run(count, p -> body.run(p * size, Math.min(n, (p + 1) * size)));
    }

    /** Runs {@code body} over {@code rows} rows, each of which touches {@code rowElements} elements. */
    static void overRows(int rows, long rowElements, Range body) {
        if (rows <= 0) {
            return;
        }
        int size = rows(rows, rowElements);
        int count = (rows - 1) / size + 1;
        Workers.run(count, p -> body.run(p * size, Math.min(rows, (p + 1) * size)));
    }

    /** Rows of each piece of {@link #overRows}, the last one aside. */
    static int rows(int rows, long rowElements) {
        return Math.clamp(GRAIN / Math.max(1, rowElements), 1, rows);
    }

    static int roundUp(int n, int multiple) {
        return (n + multiple - 1) / multiple * multiple;
    }
}
