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
 * <p>Strips of rows are dealt to a fixed number of slabs, each with a partial sum of its own, which are added up in
 * order at the end.
 */
public final class ConvWeightGradient {
    private static final int L = Lanes.LENGTH;
    private static final int PANEL = Lanes.PANEL;

    /** Image rows shorter than this make loops too short: patches let a loop run on through all rows of a strip. */
    private static final int NARROW = 24;

    /** Runs of taps and channels shorter than this fill tiles badly: patches put all taps side by side. */
    private static final int SHORTEST = 24;

    /** Pixels at a time: such a part of a panel of 32 columns takes half of a 48 KiB L1 cache. */
    private static final int PIXELS = 192;

    /** Values added up by one piece of the final sum. */
    private static final int SUM = 1 << 14;

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
        if (Depthwise.fits(s)) {
            Depthwise.weightGradient(s, x, dy, dw);
            return;
        }
        var at = Correlation.forward(s);
        var window = Window.of(at, at.columns() < NARROW && at.taps().size() > 1, SHORTEST);
        int panels = Panels.count(at.groupResult(), PANEL);
        boolean swapped = at.groupResult() * 4 <= L && window.segmentLength() >= L;
        var slabs = Slabs.of(window, swapped ? 1 : panels, s.weightSize());
        int size = s.weightSize();
        boolean direct = slabs.sums() == 1 && !swapped;
        var partial = direct ? dw : Scratch.floats(Scratch.PARTIAL, (long) slabs.sums() * size);
        if (swapped) {
            Workers.run(slabs.pieces(), i -> FewChannelsGradient.piece(slabs, slabs.piece(i), x, dy, partial));
            FewChannelsGradient.sum(at, partial, slabs.sums(), dw);
            return;
        }
        Workers.run(slabs.pieces(), i -> piece(slabs, slabs.piece(i), x, dy, partial));
        if (!direct) {
            Workers.run((size + SUM - 1) / SUM, i -> sum(partial, slabs.sums(), size, i * SUM, dw));
        }
    }

    /** {@code dw} from {@code from} on is the sum of the partial sums, in their order. */
    private static void sum(float[] partial, int sums, int size, int from, float[] dw) {
        int to = Math.min(from + SUM, size);
        System.arraycopy(partial, from, dw, from, to - from);
        for (int s = 1; s < sums; s++) {
            add(partial, s * size + from, dw, from, to);
        }
    }

    private static void add(float[] from, int f, float[] to, int start, int end) {
        int i = start;
        for (; i <= end - L; i += L) {
            fromArray(Lanes.F, to, i)
                    .add(fromArray(Lanes.F, from, f + i - start))
                    .intoArray(to, i);
        }
        for (; i < end; i++) {
            to[i] += from[f + i - start];
        }
    }

    private static void piece(Slabs slabs, Slabs.Piece piece, float[] x, float[] dy, float[] partial) {
        var window = slabs.window();
        var at = window.at();
        boolean first = true;
        for (int unit = piece.firstUnit(); unit < piece.lastUnit(); unit++) {
            int image = unit / slabs.strips();
            int from = unit % slabs.strips() * slabs.rows();
            int to = Math.min(from + slabs.rows(), at.rows());
            float[] left = x;
            int base = window.inPlaceOffset(image, from);
            if (!window.inPlace() || Slabs.readsPastEnd(window, image, to)) {
                left = Scratch.floats(Scratch.LEFT, window.copySize(to - from));
                window.copy(x, image, piece.group(), from, to, left);
                base = 0;
            }
            for (int panel = piece.firstPanel(); panel < piece.lastPanel(); panel++) {
                panel(slabs, piece, panel, image, from, to, left, base, dy, partial, first);
            }
            first = false;
        }
    }

    /** Adds one strip's part of one panel of result channels. */
    private static void panel(
            Slabs slabs,
            Slabs.Piece piece,
            int panel,
            int image,
            int from,
            int to,
            float[] left,
            int base,
            float[] dy,
            float[] partial,
            boolean first) {
        var window = slabs.window();
        var at = window.at();
        int channels = at.resultChannels();
        int column = panel * PANEL;
        int stored = Panels.storedWidth(at.groupResult(), column, PANEL);
        int width = Math.min(stored, at.groupResult() - column);
        int pixels = (to - from) * at.columns();
        int channel = piece.group() * at.groupResult() + column;
        var right = Scratch.floats(Scratch.RIGHT, (long) pixels * stored);
        int d = ((image * at.rows() + from) * at.columns()) * channels + channel;
        Panels.copy(dy, d, channels, width, pixels, right, 0, stored);
        int c = piece.sum() * slabs.weightSize() + channel;
        // Where the pixel step is uniform over rows, the loop over pixels runs on from row to row.
        boolean flat = window.rowStep() == at.columns() * window.pixelStep();
        int run = flat ? pixels : at.columns();
        for (int start = 0; start < pixels; start += run) {
            int a = base + start / at.columns() * window.rowStep();
            for (int p = 0; p < run; p += PIXELS) {
                int length = Math.min(PIXELS, run - p);
                for (int s = 0; s < window.segments(); s++) {
                    ColumnTiles.run(
                            left,
                            a + p * window.pixelStep() + window.segmentOffset(s),
                            window.pixelStep(),
                            window.segmentLength(),
                            length,
                            right,
                            (start + p) * stored,
                            stored,
                            partial,
                            c + s * window.segmentLength() * channels,
                            channels,
                            width,
                            first && start == 0 && p == 0);
                }
            }
        }
    }
}
