package dev.obverse.backend.cpu;

import dev.obverse.backend.CopySpec;
import java.util.Arrays;

/**
 * One strided copy, its axes merged where both sides allow it. The innermost loop is {@code arraycopy} where both sides
 * are consecutive, and a transpose in blocks that fit the first-level cache where only one of them is.
 */
final class StridedCopy {
    private static final int TILE = 32;

    private final float[] source;
    private final float[] target;
    private final int sourceOffset;
    private final int targetOffset;
    private final int[] extents;
    private final int[] from;
    private final int[] to;
    private final int rank;

    StridedCopy(CopySpec spec, float[] source, float[] target) {
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
            Pieces.overRows(length / extents[last], extents[last], (lo, hi) -> {
                for (int r = lo; r < hi; r++) {
                    row(offset(r, from, sourceOffset, -1), offset(r, to, targetOffset, -1), extents[last]);
                }
            });
            return;
        }
        // Axis `across` leaves the outer axes and is walked together with the innermost one.
        int strips = (extents[across] - 1) / TILE + 1;
        int planes = length / extents[last] / extents[across];
        Pieces.overRows(planes * strips, (long) TILE * extents[last], (lo, hi) -> {
            for (int r = lo; r < hi; r++) {
                int plane = r / strips;
                int first = r % strips * TILE;
                transpose(
                        offset(plane, from, sourceOffset, across),
                        offset(plane, to, targetOffset, across),
                        across,
                        first,
                        Math.min(first + TILE, extents[across]));
            }
        });
    }

    /** The axis to walk beside the innermost one: consecutive on the side on which that one is not; -1 if none is. */
    private int transposed() {
        int last = rank - 1;
        if ((from[last] == 1 && to[last] == 1) || from[last] == 0) {
            return -1;
        }
        for (int axis = last - 1; axis >= 0; axis--) {
            boolean better = (from[last] != 1 && from[axis] == 1) || (to[last] != 1 && to[axis] == 1);
            if (better) {
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

    private void transpose(int s, int t, int across, int first, int end) {
        int last = rank - 1;
        int n = extents[last];
        for (int i0 = 0; i0 < n; i0 += TILE) {
            int i1 = Math.min(i0 + TILE, n);
            for (int j = first; j < end; j++) {
                int sj = s + j * from[across];
                int tj = t + j * to[across];
                for (int i = i0; i < i1; i++) {
                    target[tj + i * to[last]] = source[sj + i * from[last]];
                }
            }
        }
    }
}
