package dev.obverse.backend.cpu.simd;

import static dev.obverse.backend.cpu.conv.WinogradTiles.POINTS;
import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.cpu.ConvAlgorithm;
import dev.obverse.backend.cpu.Workers;
import dev.obverse.backend.cpu.conv.Correlation;
import dev.obverse.backend.cpu.conv.Panels;
import dev.obverse.backend.cpu.conv.Scratch;
import dev.obverse.backend.cpu.conv.WinogradTiles;

/**
 * Weight gradient of a 3x3 convolution of stride 1 by Winograd's F(3x3, 4x4): at each of 36 points, the product of the
 * transformed source with the transformed gradient, whose inner dimension is the tiles.
 *
 * <p>Many tiles: a piece of work is a slab of them with sums of its own. It transforms a block of tiles at a time,
 * which stays in the L2 cache. The sums are added up in their order at the end.
 *
 * <p>Few tiles: all are transformed first. A piece of work is then a part of the weights, whose sums stay in the L2
 * cache until they are transformed.
 */
final class WinogradWeightGradient {
    private static final int L = Lanes.LENGTH;
    private static final int PANEL = Lanes.PANEL;

    /** Up to this many floats of transformed tiles stay in the L3 cache. */
    private static final int FEW_FLOATS = 5 << 20;

    /** With more tiles than this per channel, it takes longer to move them than to add up slabs. */
    private static final int FEW_PER_CHANNEL = 8;

    /** Most slabs: work for many cores. */
    private static final int SLABS = 16;

    /** Most floats of the sums of all slabs, where there are more than two. */
    private static final int SUM_FLOATS = 1 << 22;

    /** Tiles that a slab transforms at a time. */
    private static final int BLOCK = 48;

    /** Tiles that one piece transforms where that is a loop of its own. */
    private static final int TILES = 4;

    /** Source channels whose sums one piece brings home. */
    private static final int CHANNELS = 16;

    /** Source channels of a part of large weights: its sums take half of a 1 MiB L2 cache. */
    private static final int PART = 128;

    /** What it costs to transform the sums of a channel pair; see {@link WinogradTiles#pay}. */
    private static final int WEIGHT_COST = 300;

    private WinogradWeightGradient() {}

    /** Whether this algorithm can compute {@code at} and, unless it is forced, is the faster one. */
    static boolean chosen(ConvAlgorithm algorithm, Correlation at) {
        return algorithm != ConvAlgorithm.DIRECT
                && WinogradTiles.fits(at, L)
                && (algorithm == ConvAlgorithm.WINOGRAD || WinogradTiles.of(at).pay(WEIGHT_COST));
    }

    static void run(Correlation at, float[] x, float[] dy, float[] dw) {
        var tiles = WinogradTiles.of(at);
        long floats = (long) POINTS * tiles.count() * (at.sourceChannels() + at.resultChannels());
        int channels = Math.min(at.sourceChannels(), at.resultChannels());
        if (floats <= FEW_FLOATS && tiles.count() <= FEW_PER_CHANNEL * channels) {
            few(tiles, x, dy, dw);
        } else {
            many(tiles, x, dy, dw);
        }
    }

    /**
     * Transformed tiles: the source's as {@code [point][tile][channel]}, the gradient's as
     * {@code [panel][point][tile][column]}.
     */
    private record Block(int tiles, int channels, int panels) {
        /** Distances that are multiples of 4 KiB would put all tiles, or all points, into few sets of the L1 cache. */
        private static final int LINE = 16;

        int pitch() {
            return channels + LINE;
        }

        int sourceStride() {
            return tiles * pitch() + LINE;
        }

        int gradientStride() {
            return tiles * PANEL + LINE;
        }

        int panelStride() {
            return POINTS * gradientStride();
        }

        /** A register tile may read past the last channel. */
        long sourceSize() {
            return (long) POINTS * sourceStride() + Lanes.TALLEST;
        }

        long gradientSize() {
            return (long) panels * panelStride();
        }

        void transform(WinogradTiles all, int first, int from, int to, float[] x, float[] dy, float[] u, float[] v) {
            for (int t = from; t < to; t++) {
                WinogradSource.tile(all, first + t, x, u, t * pitch(), sourceStride(), L);
                WinogradGradient.tile(all, first + t, dy, v, t, gradientStride(), panelStride());
            }
        }

        /** Adds the products at all points to {@code sums [point][row][column]}, or sets them if {@code first}. */
        void products(
                float[] u,
                float[] v,
                int[] steps,
                int channel,
                int rows,
                int panel,
                int width,
                float[] sums,
                int so,
                boolean first) {
            for (int p = 0; p < POINTS; p++) {
                int a = p * sourceStride() + channel;
                int b = panel * panelStride() + p * gradientStride();
                int c = so + p * rows * width;
                ColumnTiles.run(u, a, steps, 0, rows, tiles, v, b, sums, c, width, width, first);
            }
        }

        int[] steps() {
            var steps = Scratch.ints(Scratch.READ, tiles);
            for (int t = 0; t < tiles; t++) {
                steps[t] = t * pitch();
            }
            return steps;
        }
    }

    private static void few(WinogradTiles tiles, float[] x, float[] dy, float[] dw) {
        var at = tiles.at();
        int channels = at.sourceChannels();
        int panels = Panels.count(at.resultChannels(), PANEL);
        var block = new Block(tiles.count(), channels, panels);
        var u = Scratch.floats(Scratch.PACKED, block.sourceSize());
        var v = Scratch.floats(Scratch.PARTIAL, block.gradientSize());
        Workers.run((tiles.count() + TILES - 1) / TILES, i -> {
            int to = Math.min(tiles.count(), (i + 1) * TILES);
            block.transform(tiles, 0, i * TILES, to, x, dy, u, v);
        });
        int part = Math.min(channels, channels <= 64 ? CHANNELS : PART);
        int parts = (channels + part - 1) / part;
        Workers.run(panels * parts, i -> {
            int panel = i / parts;
            int width = Math.min(PANEL, at.resultChannels() - panel * PANEL);
            int from = i % parts * part;
            int rows = Math.min(part, channels - from);
            var sums = Scratch.floats(Scratch.LEFT, (long) POINTS * rows * width);
            block.products(u, v, block.steps(), from, rows, panel, width, sums, 0, true);
            weights(at, sums, 0, rows * width, rows, width, from, panel * PANEL, dw);
        });
    }

    private static void many(WinogradTiles tiles, float[] x, float[] dy, float[] dw) {
        var at = tiles.at();
        int channels = at.sourceChannels();
        int panels = Panels.count(at.resultChannels(), PANEL);
        int panelSize = POINTS * channels * PANEL;
        int size = panels * panelSize;
        int slabs = Math.clamp(tiles.count() / BLOCK, 1, Math.clamp(SUM_FLOATS / size, 2, SLABS));
        var sums = Scratch.floats(Scratch.PARTIAL, (long) slabs * size);
        Workers.run(slabs, i -> {
            int from = (int) ((long) tiles.count() * i / slabs);
            int to = (int) ((long) tiles.count() * (i + 1) / slabs);
            slab(tiles, from, to, x, dy, sums, i * size);
        });
        int parts = (channels + CHANNELS - 1) / CHANNELS;
        Workers.run(panels * parts, i -> {
            int column = i / parts * PANEL;
            int from = i % parts * CHANNELS;
            int rows = Math.min(CHANNELS, channels - from);
            int width = Math.min(PANEL, at.resultChannels() - column);
            int o = i / parts * panelSize + from * width;
            for (int s = 1; s < slabs; s++) {
                for (int p = 0; p < POINTS; p++) {
                    int q = o + p * channels * width;
                    add(sums, s * size + q, sums, q, rows * width);
                }
            }
            weights(at, sums, o, channels * width, rows, width, from, column, dw);
        });
    }

    private static void slab(WinogradTiles tiles, int from, int to, float[] x, float[] dy, float[] sums, int so) {
        var at = tiles.at();
        int channels = at.sourceChannels();
        int panels = Panels.count(at.resultChannels(), PANEL);
        for (int tile = from; tile < to; tile += BLOCK) {
            var block = new Block(Math.min(BLOCK, to - tile), channels, panels);
            var u = Scratch.floats(Scratch.LEFT, block.sourceSize());
            var v = Scratch.floats(Scratch.RIGHT, block.gradientSize());
            block.transform(tiles, tile, 0, block.tiles(), x, dy, u, v);
            for (int panel = 0; panel < panels; panel++) {
                int width = Math.min(PANEL, at.resultChannels() - panel * PANEL);
                int o = so + panel * POINTS * channels * PANEL;
                block.products(u, v, block.steps(), 0, channels, panel, width, sums, o, tile == from);
            }
        }
    }

    private static void add(float[] from, int f, float[] to, int t, int count) {
        for (int i = 0; i < count; i += L) {
            fromArray(Lanes.F, to, t + i).add(fromArray(Lanes.F, from, f + i)).intoArray(to, t + i);
        }
    }

    /** Transforms the sums of {@code rows} source channels from {@code from} on and one panel. */
    private static void weights(
            Correlation at,
            float[] sums,
            int so,
            int pointStride,
            int rows,
            int width,
            int from,
            int column,
            float[] dw) {
        int rowStride = at.resultChannels();
        int tapStride = at.sourceChannels() * rowStride;
        WinogradDelta.rows(sums, so, pointStride, rows, width, dw, from * rowStride + column, tapStride, rowStride);
    }
}
