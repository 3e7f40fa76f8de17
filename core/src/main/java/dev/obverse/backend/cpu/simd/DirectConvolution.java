package dev.obverse.backend.cpu.simd;

import dev.obverse.backend.cpu.Workers;
import dev.obverse.backend.cpu.conv.Correlation;
import dev.obverse.backend.cpu.conv.KeptWeights;
import dev.obverse.backend.cpu.conv.Panels;
import dev.obverse.backend.cpu.conv.Scratch;
import dev.obverse.backend.cpu.conv.Strips;
import dev.obverse.backend.cpu.conv.Tail;
import dev.obverse.backend.cpu.conv.Window;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Direct channels-last convolution: tiles of result pixels by result channels, the inner product walking taps and
 * source channels. Any geometry runs through it, because a {@link Window} turns geometry into constant offsets.
 *
 * <p>A piece of work is a strip of result rows. Its padded source stays in the L2 cache while the panels of the weights
 * pass by, one segment of a panel, which fits the L1 cache, at a time.
 */
final class DirectConvolution {
    private static final int PANEL = Lanes.PANEL;

    /** Longest run of the inner dimension at a time: such a part of a panel of 32 columns takes 32 KiB. */
    private static final int LONGEST = 256;

    /** A whole panel up to this many floats leaves room in the L1 cache for a tile's pixels. */
    private static final int SMALL_PANEL = 4096;

    /** Result pixels of a block of tiles: a whole number of tiles of 12, 16 or 8. */
    private static final int BLOCK = 96;

    /** Source channels whose weights one piece packs. */
    private static final int PACKED_CHANNELS = 64;

    private DirectConvolution() {}

    /**
     * Computes {@code result = tail(correlation(source, weight) + bias)} on the lattice of the window.
     *
     * @param kept where the packed weight may stay, or null
     */
    static void run(
            Window window,
            Tail tail,
            float[] source,
            float[] weight,
            float @Nullable [] bias,
            float[] result,
            @Nullable KeptWeights kept) {
        var at = window.at();
        if ((long) at.n() * at.rows() * at.columns() * at.resultChannels() == 0) {
            return;
        }
        int panels = Panels.count(at.groupResult(), PANEL);
        var packed = packed(at, weight, panels, kept);
        var start = paddedBias(at, panels, bias);
        var strips = Strips.forward(window, panels);
        Workers.run(strips.pieces(), i -> piece(window, strips.piece(i), panels, tail, source, packed, start, result));
    }

    /** The weight in panels, from {@code kept} or packed for this call. */
    static float[] packed(Correlation at, float[] weight, int panels, @Nullable KeptWeights kept) {
        long size = (long) at.groups() * panels * at.inner() * PANEL;
        var copy = kept == null ? null : kept.of(KeptWeights.Algorithm.DIRECT, at, size, to -> pack(at, weight, to));
        if (copy != null) {
            return copy;
        }
        var packed = Scratch.floats(Scratch.PACKED, size);
        pack(at, weight, packed);
        return packed;
    }

    private static void pack(Correlation at, float[] weight, float[] packed) {
        int parts = Panels.count(at.groupSource(), PACKED_CHANNELS);
        Workers.run(at.groups() * at.taps().size() * parts, i -> {
            int from = i % parts * PACKED_CHANNELS;
            int to = Math.min(from + PACKED_CHANNELS, at.groupSource());
            int tap = i / parts % at.taps().size();
            Panels.packWeights(at, i / parts / at.taps().size(), tap, from, to, PANEL, weight, packed);
        });
    }

    private static float[] paddedBias(Correlation at, int panels, float @Nullable [] bias) {
        int result = at.groupResult();
        var padded = Scratch.floats(Scratch.BIAS, (long) at.groups() * panels * PANEL);
        Arrays.fill(padded, 0, at.groups() * panels * PANEL, 0f);
        if (bias != null) {
            for (int g = 0; g < at.groups(); g++) {
                System.arraycopy(bias, g * result, padded, g * panels * PANEL, result);
            }
        }
        return padded;
    }

    private static void piece(
            Window window,
            Strips.Piece piece,
            int panels,
            Tail tail,
            float[] source,
            float[] packed,
            float[] bias,
            float[] result) {
        var at = window.at();
        int rows = piece.to() - piece.from();
        int count = rows * at.columns();
        var read = Scratch.ints(Scratch.READ, count + Lanes.TALLEST);
        var write = Scratch.ints(Scratch.WRITE, count + Lanes.TALLEST);
        tables(window, piece, count, read, write);
        float[] left = source;
        int base = window.inPlaceOffset(piece.image(), piece.from());
        if (!window.inPlace()) {
            left = Scratch.floats(Scratch.LEFT, window.copySize(rows));
            window.copy(source, piece.image(), piece.group(), piece.from(), piece.to(), left);
            base = 0;
        }
        int groupResult = at.groupResult();
        for (int panel = piece.firstPanel(); panel < piece.lastPanel(); panel++) {
            int column = panel * PANEL;
            int width = Math.min(PANEL, groupResult - column);
            int b = (piece.group() * panels + panel) * at.inner() * PANEL;
            int bi = (piece.group() * panels + panel) * PANEL;
            int co = piece.group() * groupResult + column;
            int stored = Panels.storedWidth(groupResult, column, PANEL);
            // A small panel stays in the L1 cache whole: then a tile is finished before the next one begins.
            int step = at.inner() * stored <= SMALL_PANEL ? BLOCK : count;
            for (int p = 0; p < count; p += step) {
                int end = Math.min(count, p + step);
                products(window, left, base, read, p, end, packed, b, stored, result, write, co, width, bias, bi);
                if (!tail.isNothing()) {
                    Tails.rows(tail, result, write, p, end, co, width);
                }
            }
        }
    }

    /** All segments of the inner product for result pixels {@code from} up to {@code to} and one panel. */
    private static void products(
            Window window,
            float[] left,
            int base,
            int[] read,
            int from,
            int to,
            float[] packed,
            int b,
            int stored,
            float[] result,
            int[] write,
            int co,
            int width,
            float[] bias,
            int bi) {
        int length = window.segmentLength();
        if (window.segments() == 0) {
            RowTiles.run(left, 0, read, from, to, 0, packed, b, result, write, co, width, bias, bi, true);
            return;
        }
        for (int s = 0; s < window.segments(); s++) {
            int a = base + window.segmentOffset(s);
            for (int k = 0; k < length; k += LONGEST) {
                int part = Math.min(LONGEST, length - k);
                boolean first = s == 0 && k == 0;
                RowTiles.run(left, a + k, read, from, to, part, packed, b, result, write, co, width, bias, bi, first);
                b += part * stored;
            }
        }
    }

    /** Where each pixel of a piece is read, from the start of the window, and written, in the result. */
    static void tables(Window window, Strips.Piece piece, int count, int[] read, int[] write) {
        var at = window.at();
        window.pixels(piece.to() - piece.from(), read);
        int i = 0;
        for (int row = piece.from(); row < piece.to(); row++) {
            int y = at.rowStart() + row * at.rowStep();
            int w = ((piece.image() * at.resultH() + y) * at.resultW() + at.columnStart()) * at.resultChannels();
            for (int column = 0; column < at.columns(); column++) {
                write[i++] = w + column * at.columnStep() * at.resultChannels();
            }
        }
        Arrays.fill(read, count, count + Lanes.TALLEST, read[count - 1]);
        Arrays.fill(write, count, count + Lanes.TALLEST, write[count - 1]);
    }
}
