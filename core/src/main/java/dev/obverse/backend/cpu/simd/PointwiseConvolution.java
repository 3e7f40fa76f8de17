package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.cpu.Workers;
import dev.obverse.backend.cpu.conv.Correlation;
import dev.obverse.backend.cpu.conv.KeptWeights;
import dev.obverse.backend.cpu.conv.Scratch;
import dev.obverse.backend.cpu.conv.Tail;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * 1x1 convolution of stride 1: a product of the matrix of all pixels, {@code [pixels, source channels]}, with the
 * weight.
 *
 * <p>A piece of work copies its pixels to the order of {@link PixelTiles}: it then reads them for every panel of the
 * weight from the caches next to it.
 */
final class PointwiseConvolution {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;
    private static final int PANEL = Lanes.PANEL;

    /** Pixels of a piece: whole tiles of 12, 8 and 6. */
    private static final int BLOCK = 24;

    /** Enough pieces to keep many cores busy to the end. */
    private static final int ENOUGH = 16;

    private PointwiseConvolution() {}

    static boolean fits(Correlation at) {
        if (at.taps().size() != 1 || at.groups() != 1) {
            return false;
        }
        var tap = at.taps().getFirst();
        return tap.row() == 0
                && tap.column() == 0
                && at.stepH() == 1
                && at.stepW() == 1
                && at.rows() == at.sourceH()
                && at.columns() == at.sourceW()
                && at.rows() == at.resultH()
                && at.columns() == at.resultW()
                && at.sourceChannels() % L == 0
                && at.resultChannels() % PANEL == 0;
    }

    /** As {@link DirectConvolution#run}. */
    static void run(
            Correlation at,
            Tail tail,
            float[] source,
            float[] weight,
            float @Nullable [] bias,
            float[] result,
            @Nullable KeptWeights kept) {
        int pixels = at.n() * at.rows() * at.columns();
        if ((long) pixels * at.resultChannels() == 0) {
            return;
        }
        int panels = at.resultChannels() / PANEL;
        var packed = DirectConvolution.packed(at, weight, panels, kept);
        var start = Scratch.biasOrZeros(bias, at.resultChannels());
        int blocks = Math.max(1, pixels / BLOCK);
        int parts = Math.clamp((ENOUGH + blocks - 1) / blocks, 1, panels);
        Workers.run(blocks * parts, i -> {
            int block = i / parts;
            int from = block * BLOCK;
            int to = block == blocks - 1 ? pixels : from + BLOCK;
            int part = i % parts;
            int first = part * panels / parts;
            int last = (part + 1) * panels / parts;
            piece(at, tail, from, to, first, last, source, packed, start, result);
        });
    }

    private static void piece(
            Correlation at,
            Tail tail,
            int from,
            int to,
            int firstPanel,
            int lastPanel,
            float[] source,
            float[] packed,
            float[] bias,
            float[] result) {
        int channels = at.sourceChannels();
        int rows = to - from;
        var left = Scratch.floats(Scratch.LEFT, PixelTiles.leftSize(rows, channels));
        copy(source, from * channels, rows, channels, left, PixelTiles.chunk(rows));
        int o = from * at.resultChannels();
        PixelTiles.run(at, tail, rows, firstPanel, lastPanel, left, packed, bias, result, o);
    }

    /** Pixels to {@code [chunk][pixel][lane]}. */
    private static void copy(float[] source, int s, int rows, int channels, float[] left, int chunk) {
        for (int c = 0; c < channels / L; c++) {
            int from = s + c * L;
            int to = c * chunk;
            for (int r = 0; r < rows; r++) {
                fromArray(F, source, from).intoArray(left, to);
                from += channels;
                to += L;
            }
        }
    }
}
