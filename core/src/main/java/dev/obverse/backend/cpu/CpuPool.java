package dev.obverse.backend.cpu;

import static dev.obverse.backend.cpu.CpuStorage.array;

import dev.obverse.backend.PoolKernels;
import dev.obverse.backend.PoolSpec;
import dev.obverse.backend.Storage;
import java.util.Arrays;

/** Pooling, one row of results after the other. */
final class CpuPool implements PoolKernels {
    private final PoolLoops loops;

    CpuPool(PoolLoops loops) {
        this.loops = loops;
    }

    @Override
    public void max(PoolSpec spec, Storage x, Storage y) {
        var xs = array(x);
        var ys = array(y);
        overRows(spec, (row, xo, yo) -> loops.maxRow(spec, row, xs, xo, ys, yo));
    }

    @Override
    public void maxGradient(PoolSpec spec, Storage x, Storage y, Storage dy, Storage dx) {
        var xs = array(x);
        var ys = array(y);
        var dys = array(dy);
        var dxs = array(dx);
        gradient(spec, dxs, (row, xo, yo) -> loops.maxGradientRow(spec, row, xs, ys, dys, dxs, xo, yo));
    }

    @Override
    public void average(PoolSpec spec, Storage x, Storage y) {
        var xs = array(x);
        var ys = array(y);
        overRows(spec, (row, xo, yo) -> loops.averageRow(spec, row, xs, xo, ys, yo));
    }

    @Override
    public void averageGradient(PoolSpec spec, Storage dy, Storage dx) {
        var dys = array(dy);
        var dxs = array(dx);
        gradient(spec, dxs, (row, xo, yo) -> loops.averageGradientRow(spec, row, dys, yo, dxs, xo));
    }

    private interface Row {
        void run(int row, int xo, int yo);
    }

    private static void overRows(PoolSpec s, Row body) {
        int outH = s.outH();
        int rowSize = s.outW() * s.c();
        if (rowSize > 0) {
            Pieces.overRows(s.n() * outH, (long) s.strideH() * s.w() * s.c(), (from, to) -> {
                for (int r = from; r < to; r++) {
                    body.run(r % outH, r / outH * s.h() * s.w() * s.c(), r * rowSize);
                }
            });
        }
    }

    /**
     * Zeros, then what each row of windows adds. Rows that do not overlap own the rows of the image up to the next, and
     * clear them just before, while they are in the cache; where windows overlap an image is one piece.
     */
    private static void gradient(PoolSpec s, float[] dx, Row body) {
        int line = s.w() * s.c();
        int image = s.h() * line;
        if (s.strideH() >= s.kh()) {
            overRows(s, (row, xo, yo) -> {
                int top = row == 0 ? 0 : row * s.strideH() - s.padH();
                int bottom = row == s.outH() - 1 ? s.h() : (row + 1) * s.strideH() - s.padH();
                Arrays.fill(dx, xo + top * line, xo + bottom * line, 0f);
                body.run(row, xo, yo);
            });
            return;
        }
        Workers.run(s.n(), n -> {
            Arrays.fill(dx, n * image, (n + 1) * image, 0f);
            for (int row = 0; row < s.outH(); row++) {
                body.run(row, n * image, (n * s.outH() + row) * s.outW() * s.c());
            }
        });
    }
}
