package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.cpu.Workers;
import dev.obverse.backend.cpu.conv.KeptWeights;
import dev.obverse.backend.cpu.conv.Scratch;
import dev.obverse.backend.cpu.conv.Strips;
import dev.obverse.backend.cpu.conv.Tail;
import dev.obverse.backend.cpu.conv.Window;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Convolution with a short inner product, such as 3x3 over an image of three channels with stride 2. What each pixel
 * reads is copied side by side, for {@link PixelTiles}: {@link DirectConvolution} would visit the result once for each
 * row of the window.
 */
final class ShortConvolution {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;
    private static final int PANEL = Lanes.PANEL;

    /** Longest inner product. */
    private static final int LONGEST = 64;

    /** Pixels at a time: whole tiles of 12, 8 and 6. */
    private static final int BLOCK = 24;

    private ShortConvolution() {}

    static boolean fits(Window window) {
        var at = window.at();
        return window.segments() > 1
                && at.inner() <= LONGEST
                && window.segmentLength() <= L
                && at.groups() == 1
                && at.columnStep() == 1
                && at.rowStep() == 1
                && at.columns() >= BLOCK
                && at.resultChannels() % PANEL == 0;
    }

    /** As {@link DirectConvolution#run}. */
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
        int panels = at.resultChannels() / PANEL;
        var packed = DirectConvolution.packed(at, weight, panels, kept);
        var start = Scratch.biasOrZeros(bias, at.resultChannels());
        var strips = Strips.forward(window, 1);
        Workers.run(strips.pieces(), i -> piece(window, strips.piece(i), tail, source, packed, start, result));
    }

    private static void piece(
            Window window,
            Strips.Piece piece,
            Tail tail,
            float[] source,
            float[] packed,
            float[] bias,
            float[] result) {
        var at = window.at();
        var copy = Scratch.floats(Scratch.RIGHT, window.copySize(piece.to() - piece.from()));
        window.copy(source, piece.image(), 0, piece.from(), piece.to(), copy);
        var left = Scratch.floats(Scratch.LEFT, PixelTiles.leftSize(2 * BLOCK, at.inner()));
        int panels = at.resultChannels() / PANEL;
        for (int row = piece.from(); row < piece.to(); row++) {
            int y = at.rowStart() + row * at.rowStep();
            int o = ((piece.image() * at.resultH() + y) * at.resultW() + at.columnStart()) * at.resultChannels();
            for (int p = 0; p < at.columns(); ) {
                // What is left of a row after whole blocks goes with the last of them.
                int count = at.columns() - p < 2 * BLOCK ? at.columns() - p : BLOCK;
                int from = (row - piece.from()) * window.rowStep() + p * window.pixelStep();
                gather(window, copy, from, count, left);
                PixelTiles.run(at, tail, count, 0, panels, left, packed, bias, result, o + p * at.resultChannels());
                p += count;
            }
        }
    }

    /** The windows of {@code count} neighbours as {@code [chunk][pixel][lane]}. */
    private static void gather(Window window, float[] copy, int from, int count, float[] left) {
        int inner = window.at().inner();
        int length = window.segmentLength();
        int pitch = (inner + 2 * L - 1) / L * L;
        // Each run is written with a whole vector, whose end the next run overwrites.
        var rows = Scratch.floats(Scratch.HALF, (long) count * pitch + L);
        for (int s = 0; s < window.segments(); s++) {
            int i = from + window.segmentOffset(s);
            int to = s * length;
            for (int p = 0; p < count; p++) {
                fromArray(F, copy, i).intoArray(rows, to);
                i += window.pixelStep();
                to += pitch;
            }
        }
        int chunk = PixelTiles.chunk(count);
        for (int c = 0; c * L < inner; c++) {
            for (int p = 0; p < count; p++) {
                fromArray(F, rows, p * pitch + c * L).intoArray(left, c * chunk + p * L);
            }
        }
    }
}
