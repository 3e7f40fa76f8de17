package dev.obverse.backend.cpu;

import dev.obverse.backend.Binary;
import dev.obverse.backend.Broadcast;

/**
 * One binary function over two broadcast arrays.
 *
 * <p>Rows (the innermost axis) that are long go to the loops as they are. Short ones, three channels for instance,
 * would cost a call each, so both operands of a block of results are first spelled out in scratch arrays; an operand
 * that repeats with every row is spelled out once.
 */
final class BroadcastLoop {
    private static final int LONG_ROW = 64;

    /** Elements spelled out at a time: three such arrays stay in the first-level cache. */
    private static final int BLOCK = 2048;

    private final ElementwiseLoops loops;
    private final Binary f;
    private final int[] extents;
    private final int[] stridesA;
    private final int[] stridesB;
    private final float[] a;
    private final float[] b;
    private final float[] y;
    private final int row;
    private final int rowStrideA;
    private final int rowStrideB;

    BroadcastLoop(ElementwiseLoops loops, Binary f, Broadcast broadcast, float[] a, float[] b, float[] y) {
        this.loops = loops;
        this.f = f;
        this.extents = broadcast.extents();
        this.stridesA = broadcast.stridesA();
        this.stridesB = broadcast.stridesB();
        this.a = a;
        this.b = b;
        this.y = y;
        int last = extents.length - 1;
        this.row = extents[last];
        this.rowStrideA = stridesA[last];
        this.rowStrideB = stridesB[last];
    }

    void run(int n) {
        if (extents.length == 1) {
            Pieces.over(n, (from, to) -> row(from * rowStrideA, from * rowStrideB, from, to - from));
        } else if (row >= LONG_ROW) {
            Pieces.overRows(n / row, row, this::rows);
        } else {
            int rows = Math.max(1, BLOCK / row);
            Pieces.overRows((n / row - 1) / rows + 1, (long) rows * row, (from, to) -> blocks(from, to, rows, n));
        }
    }

    private void rows(int from, int to) {
        for (int r = from; r < to; r++) {
            row(offset(r, stridesA), offset(r, stridesB), r * row, row);
        }
    }

    private void row(int ao, int bo, int yo, int n) {
        if (rowStrideA == 1 && rowStrideB == 1) {
            loops.binary(f, a, ao, b, bo, y, yo, n);
        } else if (rowStrideB == 0 && rowStrideA == 1) {
            loops.binaryRight(f, a, ao, b[bo], y, yo, n);
        } else if (rowStrideA == 0 && rowStrideB == 1) {
            loops.binaryLeft(f, a[ao], b, bo, y, yo, n);
        } else {
            strided(ao, bo, yo, n);
        }
    }

    private void strided(int ao, int bo, int yo, int n) {
        var left = new float[Math.min(n, BLOCK)];
        var right = new float[left.length];
        for (int done = 0; done < n; done += left.length) {
            int count = Math.min(left.length, n - done);
            for (int i = 0; i < count; i++) {
                left[i] = a[ao + (done + i) * rowStrideA];
                right[i] = b[bo + (done + i) * rowStrideB];
            }
            loops.binary(f, left, 0, right, 0, y, yo + done, count);
        }
    }

    private void blocks(int from, int to, int rows, int n) {
        boolean plainA = dense(stridesA);
        boolean plainB = dense(stridesB);
        var left = plainA ? a : new float[rows * row];
        var right = plainB ? b : new float[rows * row];
        boolean onceA = !plainA && repeats(stridesA);
        boolean onceB = !plainB && repeats(stridesB);
        for (int block = from; block < to; block++) {
            int start = block * rows * row;
            int count = Math.min(rows * row, n - start);
            if (!plainA && (block == from || !onceA)) {
                spellOut(a, stridesA, block * rows, count / row, left);
            }
            if (!plainB && (block == from || !onceB)) {
                spellOut(b, stridesB, block * rows, count / row, right);
            }
            loops.binary(f, left, plainA ? start : 0, right, plainB ? start : 0, y, start, count);
        }
    }

    private void spellOut(float[] source, int[] strides, int firstRow, int rows, float[] target) {
        int step = strides[strides.length - 1];
        for (int r = 0; r < rows; r++) {
            int offset = offset(firstRow + r, strides);
            for (int i = 0; i < row; i++) {
                target[r * row + i] = source[offset + i * step];
            }
        }
    }

    /** Where row {@code r} begins. */
    private int offset(int r, int[] strides) {
        int offset = 0;
        for (int axis = extents.length - 2; axis >= 0; axis--) {
            offset += r % extents[axis] * strides[axis];
            r /= extents[axis];
        }
        return offset;
    }

    /** Whether the operand has the result's own layout. */
    private boolean dense(int[] strides) {
        int stride = 1;
        for (int axis = extents.length - 1; axis >= 0; axis--) {
            if (extents[axis] > 1 && strides[axis] != stride) {
                return false;
            }
            stride *= extents[axis];
        }
        return true;
    }

    /** Whether every row reads the same elements. */
    private boolean repeats(int[] strides) {
        for (int axis = 0; axis < extents.length - 1; axis++) {
            if (strides[axis] != 0) {
                return false;
            }
        }
        return true;
    }
}
