package dev.obverse.backend.cpu.simd;

import static dev.obverse.backend.cpu.conv.WinogradTiles.POINTS;
import static dev.obverse.backend.cpu.conv.WinogradTiles.SOURCE;

import dev.obverse.backend.cpu.ConvAlgorithm;
import dev.obverse.backend.cpu.Workers;
import dev.obverse.backend.cpu.conv.Correlation;
import dev.obverse.backend.cpu.conv.ImageParts;
import dev.obverse.backend.cpu.conv.KeptWeights;
import dev.obverse.backend.cpu.conv.Panels;
import dev.obverse.backend.cpu.conv.Scratch;
import dev.obverse.backend.cpu.conv.WinogradTiles;
import org.jspecify.annotations.Nullable;

/**
 * 3x3 convolution of stride 1 by Winograd's F(4x4, 3x3): a quarter of the multiplications of {@link DirectConvolution}.
 * {@link WinogradPoints} has the mathematics.
 *
 * <p>Many tiles: a piece of work is a block of tiles, and one row of its points at a time is transformed, multiplied
 * with all panels of the transformed weights, and transformed back along that row. What passes between these stages
 * stays in the L1 or L2 cache.
 *
 * <p>Few tiles: a piece of work is a panel of result channels. It transforms its own weights, for which the memory
 * would have to be read twice otherwise, and multiplies them with all tiles, which were transformed before. The
 * products of one panel go through the result's transform while they are in the L2 cache.
 */
final class WinogradConvolution {
    private static final int L = Lanes.LENGTH;
    private static final int PANEL = Lanes.PANEL;

    /** Up to this many tiles are few: their products with a panel take half of a 1 MiB L2 cache. */
    private static final int FEW = 128;

    /** Tiles of a block: enough to pay for reading the weights, few enough for the L2 cache. */
    private static final int BLOCK = 48;

    /** Source channels whose weights one piece transforms. */
    private static final int WEIGHT_CHANNELS = 32;

    /** Source channels whose weights and products with few tiles meet in the L2 cache. */
    private static final int FEW_CHANNELS = 64;

    /** Tiles that one piece transforms where that is a loop of its own. */
    private static final int SOURCE_TILES = 8;

    /** What it costs to transform the weights of a channel pair; see {@link WinogradTiles#chosen}. */
    private static final int WEIGHT_COST = 1200;

    private WinogradConvolution() {}

    /** Whether this algorithm can compute {@code at} and, unless it is forced, is the faster one. */
    static boolean chosen(ConvAlgorithm algorithm, Correlation at) {
        return WinogradTiles.chosen(algorithm, at, L, WEIGHT_COST);
    }

    /**
     * Computes {@code result = leaky(correlation(source, weight) + bias)}.
     *
     * @param kept where the weight may stay in the order in which few tiles read it, or null
     */
    static void run(
            Correlation at,
            float slope,
            ImageParts source,
            float[] weight,
            float @Nullable [] bias,
            ImageParts result,
            @Nullable KeptWeights kept) {
        var tiles = WinogradTiles.of(at);
        var start = Scratch.biasOrZeros(bias, at.resultChannels());
        if (tiles.count() <= FEW) {
            long size = (long) WinogradWeights.TAPS * at.sourceChannels() * at.resultChannels();
            var gathered = kept == null
                    ? null
                    : kept.of(KeptWeights.Algorithm.WINOGRAD, at, size, to -> gather(at, weight, to));
            few(tiles, slope, source, weight, gathered, start, result);
        } else {
            many(tiles, slope, source, weight, start, result);
        }
    }

    private static void many(
            WinogradTiles tiles, float slope, ImageParts source, float[] weight, float[] bias, ImageParts result) {
        var at = tiles.at();
        int channels = at.sourceChannels();
        int panels = Panels.count(at.resultChannels(), PANEL);
        int panelSize = POINTS * WinogradProducts.weightStride(channels, PANEL);
        var packed = Scratch.floats(Scratch.PACKED, (long) panels * panelSize);
        int parts = (channels + WEIGHT_CHANNELS - 1) / WEIGHT_CHANNELS;
        Workers.run(panels * parts, i -> {
            int from = i % parts * WEIGHT_CHANNELS;
            int to = Math.min(channels, from + WEIGHT_CHANNELS);
            int column = i / parts * PANEL;
            int width = Math.min(PANEL, at.resultChannels() - column);
            int o = i / parts * panelSize + from * width;
            WinogradWeights.panel(
                    at, weight, from, to, column, width, packed, o, WinogradProducts.weightStride(channels, width));
        });
        // A multiple of four blocks is dealt evenly to a few threads.
        int blocks = (tiles.count() / BLOCK + 4) / 4 * 4;
        // Blocks of whole register tiles: else the last one of each would multiply rows that nobody reads.
        int rows = WinogradProducts.rows(at.resultChannels());
        int units = (tiles.count() + rows - 1) / rows;
        Workers.run(blocks, i -> {
            int from = (int) ((long) units * i / blocks) * rows;
            int to = Math.min(tiles.count(), (int) ((long) units * (i + 1) / blocks) * rows);
            block(tiles, from, to, slope, source, packed, bias, result);
        });
    }

    private static void block(
            WinogradTiles tiles,
            int from,
            int to,
            float slope,
            ImageParts source,
            float[] packed,
            float[] bias,
            ImageParts result) {
        var at = tiles.at();
        int count = to - from;
        int channels = at.sourceChannels();
        var products = WinogradProducts.of(count, channels);
        var strips = Scratch.floats(Scratch.STRIP, WinogradSource.stripSize(tiles, from, count));
        WinogradSource.columns(tiles, from, count, source, strips);
        var u = Scratch.floats(Scratch.LEFT, products.sourceSize(SOURCE));
        var m = Scratch.floats(Scratch.RIGHT, products.productSize(SOURCE));
        int halfSize = WinogradResult.halfSize(count);
        var half = Scratch.floats(Scratch.HALF, (long) at.resultChannels() / L * halfSize);
        for (int y = 0; y < SOURCE; y++) {
            WinogradSource.rows(tiles, from, count, strips, y, u, 0, products.sourceStride(), products.chunk());
            for (int column = 0; column < at.resultChannels(); column += PANEL) {
                int width = Math.min(PANEL, at.resultChannels() - column);
                int panel = column / PANEL * POINTS * WinogradProducts.weightStride(channels, PANEL);
                int w = panel + y * SOURCE * WinogradProducts.weightStride(channels, width);
                products.run(SOURCE, u, 0, channels, packed, w, width, m, true);
                for (int c = 0; c < width / L; c++) {
                    int ho = (column / L + c) * halfSize;
                    WinogradResult.rows(m, c * products.plane(), products.productStride(), count, y, half, ho);
                }
            }
        }
        for (int c = 0; c < at.resultChannels() / L; c++) {
            WinogradResult.columns(tiles, from, count, half, c * halfSize, c * L, slope, bias, result);
        }
    }

    /** Brings a weight into the order in which {@link #few} reads it, panel by panel, part by part of the channels. */
    private static void gather(Correlation at, float[] weight, float[] gathered) {
        int channels = at.sourceChannels();
        Workers.run(Panels.count(at.resultChannels(), PANEL), i -> {
            int column = i * PANEL;
            int width = Math.min(PANEL, at.resultChannels() - column);
            for (int from = 0; from < channels; from += FEW_CHANNELS) {
                int to = Math.min(channels, from + FEW_CHANNELS);
                int o = WinogradWeights.TAPS * (column * channels + from * width);
                WinogradWeights.gather(at, weight, from, to, column, width, gathered, o);
            }
        });
    }

    private static void few(
            WinogradTiles tiles,
            float slope,
            ImageParts source,
            float[] weight,
            float @Nullable [] gathered,
            float[] bias,
            ImageParts result) {
        var at = tiles.at();
        int channels = at.sourceChannels();
        var products = WinogradProducts.of(tiles.count(), channels);
        var u = Scratch.floats(Scratch.PACKED, products.sourceSize(POINTS));
        Workers.run((tiles.count() + SOURCE_TILES - 1) / SOURCE_TILES, i -> {
            int first = i * SOURCE_TILES;
            int count = Math.min(SOURCE_TILES, tiles.count() - first);
            WinogradSource.tiles(tiles, first, count, source, u, first * L, products.sourceStride(), products.chunk());
        });
        Workers.run(Panels.count(at.resultChannels(), PANEL), i -> {
            int column = i * PANEL;
            int width = Math.min(PANEL, at.resultChannels() - column);
            var packed =
                    Scratch.floats(Scratch.LEFT, (long) POINTS * WinogradProducts.weightStride(FEW_CHANNELS, width));
            var m = Scratch.floats(Scratch.RIGHT, products.productSize(POINTS));
            for (int from = 0; from < channels; from += FEW_CHANNELS) {
                int count = Math.min(FEW_CHANNELS, channels - from);
                int stride = WinogradProducts.weightStride(count, width);
                if (gathered == null) {
                    WinogradWeights.panel(at, weight, from, from + count, column, width, packed, 0, stride);
                } else {
                    int o = WinogradWeights.TAPS * (column * channels + from * width);
                    WinogradWeights.points(gathered, o, count * width, packed, 0, stride);
                }
                products.run(POINTS, u, from, count, packed, 0, width, m, from == 0);
            }
            results(tiles, products, m, column, slope, bias, result);
        });
    }

    /** Transforms the products of all points with one panel. */
    private static void results(
            WinogradTiles tiles,
            WinogradProducts products,
            float[] m,
            int column,
            float slope,
            float[] bias,
            ImageParts result) {
        int width = Math.min(PANEL, tiles.at().resultChannels() - column);
        int count = products.tiles();
        var half = Scratch.floats(Scratch.HALF, WinogradResult.halfSize(count));
        for (int c = 0; c < width / L; c++) {
            for (int y = 0; y < SOURCE; y++) {
                int mo = y * SOURCE * products.productStride() + c * products.plane();
                WinogradResult.rows(m, mo, products.productStride(), count, y, half, 0);
            }
            WinogradResult.columns(tiles, 0, count, half, 0, column + c * L, slope, bias, result);
        }
    }
}
