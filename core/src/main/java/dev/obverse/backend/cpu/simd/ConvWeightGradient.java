package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.cpu.Workers;
import dev.obverse.backend.cpu.conv.Correlation;
import dev.obverse.backend.cpu.conv.Panels;
import dev.obverse.backend.cpu.conv.Scratch;
import dev.obverse.backend.cpu.conv.Slabs;
import dev.obverse.backend.cpu.conv.Window;
import java.util.Arrays;

/**
 * Gradient of a convolution with respect to its weights: a product whose inner dimension is the result's pixels, of
 * the window of each pixel with its gradient.
 *
 * <p>Strips of rows are dealt to a fixed number of slabs. Each has a partial sum of its own, in panels of result
 * channels, {@code [group][panel][taps*channels][columns]}; the partial sums are added up in order at the end.
 */
public final class ConvWeightGradient {
    private static final int L = Lanes.LENGTH;
    private static final int PANEL = Lanes.PANEL;

    /** Pixels at a time: such a part of a panel of 32 columns takes half of a 48 KiB L1 cache. */
    private static final int PIXELS = 192;

    private ConvWeightGradient() {}

    /**
     * {@code dw[ky,kx,ci,co] = sum x[n, oy*stride + ky*dilation - pad, .., ci] dy[n,oy,ox,co]} over images and result
     * pixels.
     *
     * @param x {@code [n,h,w,cin]}
     * @param dy {@code [n,outH,outW,cout]}
     * @param dw {@code [kh,kw,cin/groups,cout]}, overwritten
     */
    public static void run(ConvSpec s, float[] x, float[] dy, float[] dw) {
        if (s.weightSize() == 0) {
            return;
        }
        if (s.outPixels() == 0) {
            Arrays.fill(dw, 0, s.weightSize(), 0f);
            return;
        }
        var at = Correlation.forward(s);
        var window = Window.of(at);
        if (Depthwise.fits(s)) {
            Depthwise.weightGradient(s, x, dy, dw);
        } else if (FewChannelsGradient.fits(window)) {
            FewChannelsGradient.run(window, x, dy, dw);
        } else {
            run(window, x, dy, dw);
        }
    }

    private static void run(Window window, float[] x, float[] dy, float[] dw) {
        var at = window.at();
        int panels = Panels.count(at.groupResult(), PANEL);
        int size = at.groups() * panels * at.inner() * PANEL;
        var slabs = Slabs.of(window, panels, size);
        var partial = Scratch.floats(Scratch.PARTIAL, (long) slabs.sums() * size);
        var offsets = new int[window.segments()];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = window.segmentOffset(i);
        }
        var runs = new ColumnTiles.Runs(offsets, window.segmentLength());
        Workers.run(slabs.pieces(), i -> piece(slabs, slabs.piece(i), runs, x, dy, partial));
        Workers.run(at.groups() * panels, i -> sum(at, i / panels, i % panels * PANEL, partial, slabs.sums(), size, dw));
    }

    private static void piece(
            Slabs slabs, Slabs.Piece piece, ColumnTiles.Runs runs, float[] x, float[] dy, float[] partial) {
        var window = slabs.window();
        var at = window.at();
        int panels = Panels.count(at.groupResult(), PANEL);
        int panelSize = at.inner() * PANEL;
        int column = piece.firstPanel() * PANEL;
        int columns = Math.min(piece.lastPanel() * PANEL, at.groupResult()) - column;
        // Whole vectors: the right operand is padded, and so are the partial sums.
        int whole = (columns + L - 1) / L * L;
        int co = piece.sum() * slabs.sumSize() + (piece.group() * panels + piece.firstPanel()) * panelSize;
        var result = new ColumnTiles.Result(partial, co, panelSize, PANEL);
        boolean first = true;
        for (int unit = piece.firstUnit(); unit < piece.lastUnit(); unit++) {
            int image = unit / slabs.strips();
            int from = unit % slabs.strips() * slabs.rows();
            int to = Math.min(from + slabs.rows(), at.rows());
            var left = Scratch.floats(Scratch.LEFT, window.copySize(to - from));
            window.copy(x, image, piece.group(), from, to, left);
            int pixels = (to - from) * at.columns();
            var read = Scratch.ints(Scratch.READ, pixels);
            window.pixels(to - from, read);
            var right = Scratch.floats(Scratch.RIGHT, (long) PIXELS * (columns + PANEL));
            int d = (image * at.rows() + from) * at.columns() * at.resultChannels()
                    + piece.group() * at.groupResult()
                    + column;
            for (int p = 0; p < pixels; p += PIXELS) {
                int length = Math.min(PIXELS, pixels - p);
                for (int j = 0; j < columns; j += PANEL) {
                    int stored = Panels.storedWidth(columns, j, PANEL);
                    int valid = Math.min(stored, columns - j);
                    int f = d + p * at.resultChannels() + j;
                    Panels.copy(dy, f, at.resultChannels(), valid, length, right, j * PIXELS, stored);
                }
                var operand = new ColumnTiles.Right(right, 0, PIXELS * PANEL, whole);
                ColumnTiles.run(left, read, p, length, runs, operand, result, first);
                first = false;
            }
        }
    }

    /** Adds up one panel of the partial sums, in their order, and puts it into {@code dw}. */
    private static void sum(
            Correlation at, int group, int column, float[] partial, int sums, int size, float[] dw) {
        int inner = at.inner();
        int width = Math.min(PANEL, at.groupResult() - column);
        int panels = Panels.count(at.groupResult(), PANEL);
        int p = (group * panels + column / PANEL) * inner * PANEL;
        int o = group * at.groupResult() + column;
        for (int s = 1; s < sums; s++) {
            add(partial, s * size + p, partial, p, inner * PANEL);
        }
        for (int k = 0; k < inner; k++) {
            System.arraycopy(partial, p + k * PANEL, dw, o + k * at.resultChannels(), width);
        }
    }

    private static void add(float[] from, int f, float[] to, int t, int count) {
        for (int i = 0; i < count; i += L) {
            fromArray(Lanes.F, to, t + i)
                    .add(fromArray(Lanes.F, from, f + i))
                    .intoArray(to, t + i);
        }
    }
}
