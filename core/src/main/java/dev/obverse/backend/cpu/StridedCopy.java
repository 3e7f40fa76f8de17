package dev.obverse.backend.cpu;

import dev.obverse.backend.CopySpec;
import java.util.Arrays;

/**
 * One strided copy, its axes merged where both sides allow it. The innermost loop copies runs where both sides are
 * consecutive, and a transpose in blocks that fit the first-level cache where only one of them is.
 */
final class StridedCopy {
    /** A cache line of floats each way. */
    private static final int TILE = 16;

    private final ElementwiseLoops loops;
    private final float[] source;
    private final float[] target;
    private final int sourceOffset;
    private final int targetOffset;
    private final int[] extents;
    private final int[] from;
    private final int[] to;
    private final int rank;

    StridedCopy(ElementwiseLoops loops, CopySpec spec, float[] source, float[] target) {
        this.loops = loops;
        this.source = source;
        this.target = target;
        this.sourceOffset = spec.sourceOffset();
        this.targetOffset = spec.targetOffset();
        int axes = spec.extents().length;
        extents = new int[axes + 1];
        from = new int[axes + 1];
        to = new int[axes + 1];
        int n = 0;
        for (int i = 0; i < axes; i++) {
            int extent = spec.extents()[i];
            if (extent == 1) {
                continue;
            }
            int s = spec.sourceStrides()[i];
            int t = spec.targetStrides()[i];
            if (n > 0 && from[n - 1] == s * extent && to[n - 1] == t * extent) {
                n--;
                extent *= extents[n];
            }
            extents[n] = extent;
            from[n] = s;
            to[n] = t;
            n++;
        }
        if (n == 0) {
            extents[0] = 1;
            from[0] = 1;
            to[0] = 1;
            n = 1;
        }
        rank = n;
    }

    /** Copies {@code length > 0} elements. */
    void run(int length) {
        int last = rank - 1;
        if (rank == 1) {
            Pieces.over(length, (lo, hi) -> row(sourceOffset + lo * from[0], targetOffset + lo * to[0], hi - lo));
            return;
        }
        int across = transposed();
        if (across < 0) {
            Pieces.overRows(length / extents[last], extents[last], this::rows);
            return;
        }
        // Axis `across` leaves the outer axes and is walked together with the innermost one.
        int strips = (extents[across] - 1) / TILE + 1;
        int planes = length / extents[last] / extents[across];
        Pieces.overRows(planes * strips, (long) TILE * extents[last], (lo, hi) -> {
            var tile = new float[TILE * TILE];
            for (int r = lo; r < hi; r++) {
                int first = r % strips * TILE;
                int s = offset(r / strips, from, sourceOffset, across) + first * from[across];
                int t = offset(r / strips, to, targetOffset, across) + first * to[across];
                transpose(s, t, across, Math.min(TILE, extents[across] - first), tile);
            }
        });
    }

    /** The axis to walk beside the innermost one: consecutive on the side on which that one is not; -1 if none is. */
    private int transposed() {
        int last = rank - 1;
        if ((from[last] == 1) == (to[last] == 1)) {
            return -1;
        }
        var sparse = from[last] == 1 ? to : from;
        for (int axis = last - 1; axis >= 0; axis--) {
            if (sparse[axis] == 1 && sparse[last] != 0) {
                return axis;
            }
        }
        return -1;
    }

    /** Offset of row {@code r} of the outer axes, {@code skip} left out. */
    private int offset(int r, int[] strides, int start, int skip) {
        int offset = start;
        for (int axis = rank - 2; axis >= 0; axis--) {
            if (axis != skip) {
                offset += r % extents[axis] * strides[axis];
                r /= extents[axis];
            }
        }
        return offset;
    }

    /** Rows {@code lo} to {@code hi} (exclusive) of the outer axes, in runs along the last of those. */
    private void rows(int lo, int hi) {
        int last = rank - 1;
        int along = extents[last - 1];
        for (int r = lo; r < hi; ) {
            int run = Math.min(hi - r, along - r % along);
            int s = offset(r, from, sourceOffset, -1);
            int t = offset(r, to, targetOffset, -1);
            if (from[last] == 1 && to[last] == 1) {
                loops.copyRows(source, s, from[last - 1], target, t, to[last - 1], run, extents[last]);
            } else {
                for (int i = 0; i < run; i++) {
                    row(s + i * from[last - 1], t + i * to[last - 1], extents[last]);
                }
            }
            r += run;
        }
    }

    private void row(int s, int t, int n) {
        int stepS = from[rank - 1];
        int stepT = to[rank - 1];
        if (stepS == 1 && stepT == 1) {
            System.arraycopy(source, s, target, t, n);
        } else if (stepS == 0 && stepT == 1) {
            Arrays.fill(target, t, t + n, source[s]);
        } else {
            for (int i = 0; i < n; i++) {
                target[t + i * stepT] = source[s + i * stepS];
            }
        }
    }

    /**
     * Tile after tile along the innermost axis. Each passes through a buffer, so that both sides are touched in whole
     * cache lines: at a stride of a power of two, lines that wait for their next element push each other out.
     */
    private void transpose(int s, int t, int across, int width, float[] tile) {
        int last = rank - 1;
        int stepS = from[last];
        int stepT = to[last];
        boolean readsAcross = from[across] == 1 && stepS != 1;
        for (int i0 = 0; i0 < extents[last]; i0 += TILE) {
            int height = Math.min(TILE, extents[last] - i0);
            int source = s + i0 * stepS;
            int target = t + i0 * stepT;
            if (readsAcross) {
                lines(this.source, source, stepS, height, width, tile);
                flipped(tile, height, width, this.target, target, to[across]);
            } else {
                lines(this.source, source, from[across], width, height, tile);
                flipped(tile, width, height, this.target, target, stepT);
            }
        }
    }

    /** {@code rows} lines of {@code n} consecutive elements into a tile. */
    private static void lines(float[] source, int s, int step, int rows, int n, float[] tile) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < n; j++) {
                tile[i * TILE + j] = source[s + i * step + j];
            }
        }
    }

    /** The tile's columns as lines of consecutive elements. */
    private static void flipped(float[] tile, int rows, int n, float[] target, int t, int step) {
        for (int j = 0; j < n; j++) {
            for (int i = 0; i < rows; i++) {
                target[t + j * step + i] = tile[i * TILE + j];
            }
        }
    }
}
