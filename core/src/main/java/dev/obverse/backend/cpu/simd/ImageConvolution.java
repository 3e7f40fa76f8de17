package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.cpu.Workers;
import dev.obverse.backend.cpu.conv.Scratch;
import dev.obverse.backend.cpu.conv.Strips;
import dev.obverse.backend.cpu.conv.Window;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * 3x3 convolution of stride 1 of an image of three channels, such as a network's first layer. Its inner product of 27
 * is too short for {@link DirectConvolution}, which would visit the result once for each row of the window.
 */
final class ImageConvolution {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    /** Floats of a window: three runs of three pixels of three channels. */
    private static final int INNER = 27;

    /** Pixels of a tile. */
    private static final int PIXELS = 16;

    private ImageConvolution() {}

    static boolean fits(Window window) {
        return Lanes.MANY_REGISTERS
                && window.segments() == 3
                && window.segmentLength() == 9
                && window.pixelStep() == 3
                && window.at().groups() == 1
                && window.at().columns() >= PIXELS
                && window.at().resultChannels() % L == 0;
    }

    /** As {@link DirectConvolution#run}. */
    static void run(
            Window window, float slope, float[] source, float[] weight, float @Nullable [] bias, float[] result) {
        var at = window.at();
        if ((long) at.n() * at.rows() * at.columns() * at.resultChannels() == 0) {
            return;
        }
        var packed = Scratch.floats(Scratch.PACKED, (long) INNER * at.resultChannels());
        for (int c = 0; c < at.resultChannels(); c++) {
            for (int k = 0; k < INNER; k++) {
                packed[(c / L * INNER + k) * L + c % L] = weight[at.weight(k, c)];
            }
        }
        var start = Scratch.biasOrZeros(bias, at.resultChannels());
        var strips = Strips.forward(window, 1);
        Workers.run(strips.pieces(), i -> piece(window, strips.piece(i), slope, source, packed, start, result));
    }

    private static void piece(
            Window window,
            Strips.Piece piece,
            float slope,
            float[] source,
            float[] packed,
            float[] bias,
            float[] result) {
        var at = window.at();
        var left = Scratch.floats(Scratch.LEFT, window.copySize(piece.to() - piece.from()));
        window.copy(source, piece.image(), 0, piece.from(), piece.to(), left);
        int skip = window.segmentOffset(1) - window.segmentLength() + 1;
        int step = at.columnStep() * at.resultChannels();
        for (int row = piece.from(); row < piece.to(); row++) {
            int a = (row - piece.from()) * window.rowStep();
            int y = at.rowStart() + row * at.rowStep();
            int to = ((piece.image() * at.resultH() + y) * at.resultW() + at.columnStart()) * at.resultChannels();
            for (int p = 0; p < at.columns(); p += PIXELS) {
                // The last tile ends with the row, and computes some pixels of the one before again.
                int pixel = Math.min(p, at.columns() - PIXELS);
                for (int c = 0; c < at.resultChannels(); c += L) {
                    int o = to + pixel * step + c;
                    tile(left, a + 3 * pixel, skip, packed, c * INNER, bias, c, result, o, step);
                    if (slope != 1f) {
                        leaky(slope, result, o, step);
                    }
                }
            }
        }
    }

    /**
     * 16 neighbouring pixels, whose windows begin at {@code left[a]}, of one vector of channels before the LeakyReLU.
     */
    private static void tile(
            float[] left,
            int a,
            int skip,
            float[] packed,
            int w,
            float[] bias,
            int c,
            float[] result,
            int to,
            int step) {
        FloatVector s0 = fromArray(F, bias, c);
        FloatVector s1 = fromArray(F, bias, c);
        FloatVector s2 = fromArray(F, bias, c);
        FloatVector s3 = fromArray(F, bias, c);
        FloatVector s4 = fromArray(F, bias, c);
        FloatVector s5 = fromArray(F, bias, c);
        FloatVector s6 = fromArray(F, bias, c);
        FloatVector s7 = fromArray(F, bias, c);
        FloatVector s8 = fromArray(F, bias, c);
        FloatVector s9 = fromArray(F, bias, c);
        FloatVector s10 = fromArray(F, bias, c);
        FloatVector s11 = fromArray(F, bias, c);
        FloatVector s12 = fromArray(F, bias, c);
        FloatVector s13 = fromArray(F, bias, c);
        FloatVector s14 = fromArray(F, bias, c);
        FloatVector s15 = fromArray(F, bias, c);
        int o = a;
        for (int i = 0; i < INNER; i++) {
            var weight = fromArray(F, packed, w + i * L);
            s0 = broadcast(F, left[o]).fma(weight, s0);
            s1 = broadcast(F, left[o + 3]).fma(weight, s1);
            s2 = broadcast(F, left[o + 6]).fma(weight, s2);
            s3 = broadcast(F, left[o + 9]).fma(weight, s3);
            s4 = broadcast(F, left[o + 12]).fma(weight, s4);
            s5 = broadcast(F, left[o + 15]).fma(weight, s5);
            s6 = broadcast(F, left[o + 18]).fma(weight, s6);
            s7 = broadcast(F, left[o + 21]).fma(weight, s7);
            s8 = broadcast(F, left[o + 24]).fma(weight, s8);
            s9 = broadcast(F, left[o + 27]).fma(weight, s9);
            s10 = broadcast(F, left[o + 30]).fma(weight, s10);
            s11 = broadcast(F, left[o + 33]).fma(weight, s11);
            s12 = broadcast(F, left[o + 36]).fma(weight, s12);
            s13 = broadcast(F, left[o + 39]).fma(weight, s13);
            s14 = broadcast(F, left[o + 42]).fma(weight, s14);
            s15 = broadcast(F, left[o + 45]).fma(weight, s15);
            o += i == 8 || i == 17 ? skip : 1;
        }
        s0.intoArray(result, to);
        s1.intoArray(result, to + step);
        s2.intoArray(result, to + 2 * step);
        s3.intoArray(result, to + 3 * step);
        s4.intoArray(result, to + 4 * step);
        s5.intoArray(result, to + 5 * step);
        s6.intoArray(result, to + 6 * step);
        s7.intoArray(result, to + 7 * step);
        s8.intoArray(result, to + 8 * step);
        s9.intoArray(result, to + 9 * step);
        s10.intoArray(result, to + 10 * step);
        s11.intoArray(result, to + 11 * step);
        s12.intoArray(result, to + 12 * step);
        s13.intoArray(result, to + 13 * step);
        s14.intoArray(result, to + 14 * step);
        s15.intoArray(result, to + 15 * step);
    }

    private static void leaky(float slope, float[] result, int to, int step) {
        for (int p = 0; p < PIXELS; p++) {
            Leaky.of(fromArray(F, result, to + p * step), slope).intoArray(result, to + p * step);
        }
    }
}
