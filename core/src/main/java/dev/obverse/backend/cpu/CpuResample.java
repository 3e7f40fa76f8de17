package dev.obverse.backend.cpu;

import static dev.obverse.backend.cpu.CpuStorage.array;

import dev.obverse.backend.ResampleKernels;
import dev.obverse.backend.ResizeSpec;
import dev.obverse.backend.ResizeSpec.Mode;
import dev.obverse.backend.Storage;
import java.util.Arrays;

/**
 * Resizing, one axis after the other: rows are blended whole, which is one long loop, then the pixels within the
 * result. The gradient gathers, for each row of the input, the rows of the result that read it, so no two threads add
 * to the same element and the order is fixed.
 */
final class CpuResample implements ResampleKernels {
    private final ResampleLoops loops;

    CpuResample(ResampleLoops loops) {
        this.loops = loops;
    }

    @Override
    public void resize(ResizeSpec s, Storage x, Storage y) {
        var xs = array(x);
        var ys = array(y);
        int line = s.w() * s.c();
        int outLine = s.outW() * s.c();
        if (outLine == 0) {
            return;
        }
        var rows = Sampling.of(s.mode(), s.h(), s.outH());
        var pixels = Sampling.of(s.mode(), s.w(), s.outW());
        Pieces.overRows(s.n() * s.outH(), Math.max(line, outLine), (from, to) -> {
            var blended = new float[s.mode() == Mode.BILINEAR ? line : 0];
            for (int r = from; r < to; r++) {
                int row = r % s.outH();
                int image = r / s.outH() * s.h();
                int upper = (image + rows.low()[row]) * line;
                int lower = (image + rows.high()[row]) * line;
                if (s.mode() == Mode.NEAREST) {
                    copyPixels(xs, upper, pixels.low(), s.c(), ys, r * outLine);
                } else {
                    loops.blend(xs, upper, xs, lower, rows.weight()[row], blended, 0, line);
                    loops.blendPixels(blended, 0, pixels.low(), pixels.high(), pixels.weight(), s.c(), ys, r * outLine);
                }
            }
        });
    }

    private static void copyPixels(float[] x, int xo, int[] index, int c, float[] y, int yo) {
        for (int p = 0; p < index.length; p++) {
            int from = xo + index[p] * c;
            int to = yo + p * c;
            for (int j = 0; j < c; j++) {
                y[to + j] = x[from + j];
            }
        }
    }

    @Override
    public void resizeGradient(ResizeSpec s, Storage dy, Storage dx) {
        var dys = array(dy);
        var dxs = array(dx);
        int line = s.w() * s.c();
        int outLine = s.outW() * s.c();
        if (line == 0) {
            return;
        }
        var rows = Sampling.of(s.mode(), s.h(), s.outH());
        var pixels = Sampling.of(s.mode(), s.w(), s.outW());
        long cost = Math.max(line, (long) outLine * (1 + s.outH() / Math.max(1, s.h())));
        Pieces.overRows(s.n() * s.h(), cost, (from, to) -> {
            var gathered = new float[outLine];
            for (int r = from; r < to; r++) {
                Arrays.fill(dxs, r * line, (r + 1) * line, 0f);
                Arrays.fill(gathered, 0f);
                gatherRows(s, rows, dys, r / s.h() * s.outH() * outLine, r % s.h(), gathered);
                if (s.mode() == Mode.NEAREST) {
                    addPixels(gathered, pixels.low(), s.c(), dxs, r * line);
                } else {
                    loops.spreadPixels(gathered, 0, pixels.low(), pixels.high(), pixels.weight(), s.c(), dxs, r * line);
                }
            }
        });
    }

    /** The rows of the result's gradient that input row {@code row} takes part in, by weight. */
    private void gatherRows(ResizeSpec s, Sampling rows, float[] dy, int image, int row, float[] gathered) {
        int n = gathered.length;
        for (int i = rows.firstReading(row); i < s.outH() && rows.low()[i] <= row; i++) {
            float weight = rows.weight()[i];
            if (rows.low()[i] == row) {
                loops.addScaled(1 - weight, dy, image + i * n, gathered, 0, n);
            }
            if (rows.high()[i] == row && weight > 0) {
                loops.addScaled(weight, dy, image + i * n, gathered, 0, n);
            }
        }
    }

    private static void addPixels(float[] dy, int[] index, int c, float[] dx, int xo) {
        for (int p = 0; p < index.length; p++) {
            int from = p * c;
            int to = xo + index[p] * c;
            for (int j = 0; j < c; j++) {
                dx[to + j] += dy[from + j];
            }
        }
    }
}
