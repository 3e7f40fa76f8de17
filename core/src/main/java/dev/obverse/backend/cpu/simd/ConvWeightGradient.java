package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.cpu.ConvAlgorithm;
import dev.obverse.backend.cpu.Workers;
import dev.obverse.backend.cpu.conv.Correlation;
import dev.obverse.backend.cpu.conv.ImageParts;
import dev.obverse.backend.cpu.conv.Panels;
import dev.obverse.backend.cpu.conv.Scratch;
import dev.obverse.backend.cpu.conv.Slabs;
import dev.obverse.backend.cpu.conv.Window;
import java.util.Arrays;

/**
 * Gradient of a convolution with respect to its weights: a product whose inner dimension is the result's pixels, of the
 * window of each pixel with its gradient.
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

    /** Whether the image may be in such parts. */
    public static boolean readsParts(ConvAlgorithm algorithm, ConvSpec s, ImageParts x) {
        return x.fill(L) && WinogradWeightGradient.chosen(algorithm, Correlation.forward(s));
    }

    /**
     * {@code dw[ky,kx,ci,co] = sum x[n, oy*stride + ky*dilation - pad, .., ci] dy[n,oy,ox,co]} over images and result
     * pixels.
     *
     * @param x {@code [n,h,w,cin]}, in parts only where {@link #readsParts}
     * @param dy {@code [n,outH,outW,cout]}
     * @param dw {@code [kh,kw,cin/groups,cout]}, overwritten
     */
    public static void run(ConvAlgorithm algorithm, ConvSpec s, ImageParts x, float[] dy, float[] dw) {
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
            Depthwise.weightGradient(s, x.whole(), dy, dw);
        } else if (WinogradWeightGradient.chosen(algorithm, at)) {
            WinogradWeightGradient.run(at, x, dy, dw);
        } else if (FewChannelsGradient.fits(window)) {
            FewChannelsGradient.run(window, x.whole(), dy, dw);
        } else if (ImageGradient.fits(window)) {
            ImageGradient.run(window, x.whole(), dy, dw);
        } else {
            run(window, x.whole(), dy, dw);
        }
    }

    private static void run(Window window, float[] x, float[] dy, float[] dw) {
        var at = window.at();
        int panels = Panels.count(at.groupResult(), PANEL);
        int size = at.groups() * panels * at.inner() * PANEL;
        var slabs = Slabs.of(window, panels, size);
        var partial = Scratch.floats(Scratch.PARTIAL, (long) slabs.sums() * size);
        Workers.run(slabs.pieces(), i -> piece(slabs, slabs.piece(i), x, dy, partial));
        Workers.run(
                at.groups() * panels, i -> sum(at, i / panels, i % panels * PANEL, partial, slabs.sums(), size, dw));
    }

    private static void piece(Slabs slabs, Slabs.Piece piece, float[] x, float[] dy, float[] partial) {
        var window = slabs.window();
        var at = window.at();
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
            int d = (image * at.rows() + from) * at.columns() * at.resultChannels();
            for (int p = 0; p < pixels; p += PIXELS) {
                int length = Math.min(PIXELS, pixels - p);
                for (int panel = piece.firstPanel(); panel < piece.lastPanel(); panel++) {
                    panel(slabs, piece, panel, left, read, p, length, dy, d, partial, first);
                }
                first = false;
            }
        }
    }

    /** Adds {@code length} pixels of a strip to one panel of a partial sum. */
    private static void panel(
            Slabs slabs,
            Slabs.Piece piece,
            int panel,
            float[] left,
            int[] read,
            int pixel,
            int length,
            float[] dy,
            int d,
            float[] partial,
            boolean first) {
        var window = slabs.window();
        var at = window.at();
        int column = panel * PANEL;
        int stored = Panels.storedWidth(at.groupResult(), column, PANEL);
        int valid = Math.min(stored, at.groupResult() - column);
        var right = Scratch.floats(Scratch.RIGHT, (long) PIXELS * PANEL);
        int f = d + pixel * at.resultChannels() + piece.group() * at.groupResult() + column;
        Panels.copy(dy, f, at.resultChannels(), valid, length, right, 0, stored);
        int panels = Panels.count(at.groupResult(), PANEL);
        int c = piece.sum() * slabs.sumSize() + (piece.group() * panels + panel) * at.inner() * PANEL;
        int rows = window.segmentLength();
        for (int s = 0; s < window.segments(); s++) {
            // The panel is padded with zeros, and so is the partial sum: all its columns are valid.
            ColumnTiles.run(
                    left,
                    window.segmentOffset(s),
                    read,
                    pixel,
                    rows,
                    length,
                    right,
                    0,
                    partial,
                    c + s * rows * PANEL,
                    PANEL,
                    stored,
                    first);
        }
    }

    /** Adds up one panel of the partial sums, in their order, and puts it into {@code dw}. */
    private static void sum(Correlation at, int group, int column, float[] partial, int sums, int size, float[] dw) {
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
            fromArray(Lanes.F, to, t + i).add(fromArray(Lanes.F, from, f + i)).intoArray(to, t + i);
        }
    }
}
