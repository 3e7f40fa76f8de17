package dev.obverse.backend.cpu.simd;

import static dev.obverse.backend.cpu.conv.WinogradTiles.POINTS;
import static dev.obverse.backend.cpu.conv.WinogradTiles.SOURCE;
import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.cpu.ConvAlgorithm;
import dev.obverse.backend.cpu.Workers;
import dev.obverse.backend.cpu.conv.Correlation;
import dev.obverse.backend.cpu.conv.ImageParts;
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
    private static final int FEW_PER_CHANNEL = 2;

    /** Most slabs: work for many cores. */
    private static final int SLABS = 16;

    /** Fewest tiles of a slab, where there are more than two: they pay for one more set of sums to write and add up. */
    private static final int SLAB_TILES = 128;

    /** Most floats of the sums of all slabs, where there are more than two. */
    private static final int SUM_FLOATS = 1 << 22;

    /** Tiles that a slab transforms at a time. */
    private static final int BLOCK = 48;

    /** Tiles that one piece transforms where that is a loop of its own. */
    private static final int TILES = 8;

    /** Source channels whose sums one piece brings home. */
    private static final int CHANNELS = 16;

    /** Source channels of a part of large weights: its sums take half of a 1 MiB L2 cache. */
    private static final int PART = 128;

    /** What it costs to transform the sums of a channel pair; see {@link WinogradTiles#chosen}. */
    private static final int WEIGHT_COST = 300;

    private WinogradWeightGradient() {}

    /** Whether this algorithm can compute {@code at} and, unless it is forced, is the faster one. */
    static boolean chosen(ConvAlgorithm algorithm, Correlation at) {
        return WinogradTiles.chosen(algorithm, at, L, WEIGHT_COST);
    }

    static void run(Correlation at, ImageParts x, float[] dy, float[] dw) {
        var tiles = WinogradTiles.of(at);
        long floats = (long) POINTS * tiles.count() * (at.sourceChannels() + at.resultChannels());
        int channels = Math.min(at.sourceChannels(), at.resultChannels());
        if (floats <= FEW_FLOATS && tiles.count() <= FEW_PER_CHANNEL * channels) {
            few(tiles, x, dy, dw);
        } else {
            many(tiles, x, dy, dw);
        }
    }

    private static void few(WinogradTiles tiles, ImageParts x, float[] dy, float[] dw) {
        var at = tiles.at();
        int channels = at.sourceChannels();
        var sums = new WinogradSums(tiles.count(), channels, at.resultChannels());
        var u = Scratch.floats(Scratch.PACKED, sums.sourceSize(POINTS));
        var v = Scratch.floats(Scratch.PARTIAL, sums.gradientSize(POINTS));
        Workers.run((tiles.count() + TILES - 1) / TILES, i -> {
            int from = i * TILES;
            sums.transform(tiles, from, Math.min(TILES, tiles.count() - from), x, dy, u, v);
        });
        int part = Math.min(channels, channels <= 64 ? CHANNELS : PART);
        int parts = (channels + part - 1) / part;
        Workers.run(Panels.count(at.resultChannels(), PANEL) * parts, i -> {
            int column = i / parts * PANEL;
            int width = Math.min(PANEL, at.resultChannels() - column);
            int from = i % parts * part;
            int rows = Math.min(part, channels - from);
            int stride = WinogradSums.pointStride(rows, width);
            var home = Scratch.floats(Scratch.LEFT, (long) POINTS * stride);
            sums.add(POINTS, u, v, from, rows, column, home, 0, true);
            weights(at, home, 0, stride, rows, width, from, column, dw);
        });
    }

    private static void many(WinogradTiles tiles, ImageParts x, float[] dy, float[] dw) {
        var at = tiles.at();
        int channels = at.sourceChannels();
        int panels = Panels.count(at.resultChannels(), PANEL);
        int panelSize = POINTS * WinogradSums.pointStride(channels, PANEL);
        int size = panels * panelSize;
        // A power of two is dealt evenly to a few threads.
        int most = Math.clamp(SUM_FLOATS / size, 2, SLABS);
        int slabs = Integer.highestOneBit(Math.clamp(tiles.count() / SLAB_TILES, Math.min(2, tiles.count()), most));
        var sums = Scratch.floats(Scratch.PARTIAL, (long) slabs * size);
        Workers.run(slabs, i -> {
            int from = (int) ((long) tiles.count() * i / slabs);
            int to = (int) ((long) tiles.count() * (i + 1) / slabs);
            slab(tiles, from, to, x, dy, sums, i * size, panelSize);
        });
        int parts = (channels + CHANNELS - 1) / CHANNELS;
        Workers.run(panels * parts, i -> {
            int column = i / parts * PANEL;
            int from = i % parts * CHANNELS;
            int rows = Math.min(CHANNELS, channels - from);
            int width = Math.min(PANEL, at.resultChannels() - column);
            int stride = WinogradSums.pointStride(channels, width);
            int o = i / parts * panelSize + from * width;
            for (int s = 1; s < slabs; s++) {
                for (int p = 0; p < POINTS; p++) {
                    int q = o + p * stride;
                    add(sums, s * size + q, sums, q, rows * width);
                }
            }
            weights(at, sums, o, stride, rows, width, from, column, dw);
        });
    }

    private static void slab(
            WinogradTiles tiles, int from, int to, ImageParts x, float[] dy, float[] home, int o, int panelSize) {
        var at = tiles.at();
        for (int tile = from; tile < to; tile += BLOCK) {
            int count = Math.min(BLOCK, to - tile);
            var source = Scratch.floats(Scratch.STRIP, WinogradSource.stripSize(tiles, tile, count));
            WinogradSource.columns(tiles, tile, count, x, source);
            var gradient = Scratch.floats(Scratch.HALF, WinogradGradient.stripSize(tiles, count));
            WinogradGradient.columns(tiles, tile, count, dy, gradient);
            var sums = new WinogradSums(count, at.sourceChannels(), at.resultChannels());
            var u = Scratch.floats(Scratch.LEFT, sums.sourceSize(SOURCE));
            var v = Scratch.floats(Scratch.RIGHT, sums.gradientSize(SOURCE));
            for (int y = 0; y < SOURCE; y++) {
                sums.transformRow(tiles, tile, y, source, gradient, u, v);
                for (int column = 0; column < at.resultChannels(); column += PANEL) {
                    int width = Math.min(PANEL, at.resultChannels() - column);
                    int panel = o + column / PANEL * panelSize;
                    int row = panel + y * SOURCE * WinogradSums.pointStride(at.sourceChannels(), width);
                    sums.add(SOURCE, u, v, 0, at.sourceChannels(), column, home, row, tile == from);
                }
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
