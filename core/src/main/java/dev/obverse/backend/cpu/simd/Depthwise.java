package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.cpu.Workers;
import dev.obverse.backend.cpu.conv.Correlation;
import dev.obverse.backend.cpu.conv.Tail;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Depthwise convolution, one filter per channel: element-wise products over channels, summed over taps. A piece of work
 * is a strip of rows. {@link Depthwise3x3} computes what it can; channels that do not fill a vector, and other kernels,
 * go pixel by pixel.
 */
final class Depthwise {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    /** Results that are worth a piece of their own. */
    private static final int PIECE = 1 << 14;

    private Depthwise() {}

    static boolean fits(ConvSpec s) {
        return s.groups() > 1 && s.cin() == s.groups() && s.cout() == s.groups();
    }

    static void forward(ConvSpec s, Tail tail, float[] x, float[] w, float @Nullable [] bias, float[] y) {
        run(Correlation.forward(s), tail, x, w, bias, y);
    }

    static void inputGradient(ConvSpec s, float[] dy, float[] w, float[] dx) {
        for (var at : Correlation.inputGradient(s)) {
            run(at, Tail.NONE, dy, w, null, dx);
        }
    }

    private static void run(
            Correlation at, Tail tail, float[] source, float[] w, float @Nullable [] bias, float[] result) {
        int channels = at.resultChannels();
        if ((long) at.n() * at.rows() * at.columns() * channels == 0) {
            return;
        }
        float[] start = bias == null ? new float[channels] : bias;
        int together = Math.clamp(PIECE / ((long) at.columns() * channels), 1, at.rows());
        int strips = (at.rows() + together - 1) / together;
        int done = Depthwise3x3.fits(at) ? channels / L * L : 0;
        float[] packed = done > 0 ? Depthwise3x3.pack(at, w) : w;
        // What is pixel by pixel, or has a residual, ends in a pass of its own.
        boolean later = tail.residual() != null || done < channels;
        float[] slopes = later || tail.slopes() == null ? Tail.repeated(1f, channels) : tail.slopes();
        float high = later ? Float.POSITIVE_INFINITY : tail.high();
        Workers.run(at.n() * strips, piece -> {
            int image = piece / strips;
            int from = piece % strips * together;
            int to = Math.min(from + together, at.rows());
            if (done > 0) {
                Depthwise3x3.strip(at, image, from, to, source, packed, start, slopes, high, result);
            }
            for (int row = from; later && row < to; row++) {
                if (done < channels) {
                    row(at, image, row, done, source, w, start, result);
                }
                if (!tail.isNothing()) {
                    for (int column = 0; column < at.columns(); column++) {
                        Tails.row(tail, result, offset(at, image, row, column), 0, channels);
                    }
                }
            }
        });
    }

    /** Where a pixel of the lattice is in the result. */
    static int offset(Correlation at, int image, int row, int column) {
        int y = at.rowStart() + row * at.rowStep();
        int x = at.columnStart() + column * at.columnStep();
        return ((image * at.resultH() + y) * at.resultW() + x) * at.resultChannels();
    }

    /** A row of the lattice, channels {@code first} and on. */
    private static void row(
            Correlation at, int image, int row, int first, float[] source, float[] w, float[] bias, float[] result) {
        int channels = at.resultChannels();
        var taps = at.taps();
        // Source row and weights of each tap; taps outside the image are left out.
        var offset = new int[taps.size()];
        var column = new int[taps.size()];
        var weight = new int[taps.size()];
        int inside = 0;
        for (var tap : taps) {
            int sy = row * at.stepH() + tap.row();
            if (sy >= 0 && sy < at.sourceH()) {
                offset[inside] = (image * at.sourceH() + sy) * at.sourceW() * channels;
                column[inside] = tap.column();
                weight[inside] = tap.kernel() * channels;
                inside++;
            }
        }
        for (int c = 0; c < at.columns(); c++) {
            int o = offset(at, image, row, c);
            int from = c * at.stepW();
            pixel(source, offset, column, inside, from, at.sourceW(), w, weight, bias, result, o, first, channels);
        }
    }

    private static void pixel(
            float[] source,
            int[] offset,
            int[] column,
            int taps,
            int from,
            int sourceW,
            float[] w,
            int[] weight,
            float[] bias,
            float[] result,
            int o,
            int first,
            int channels) {
        for (int c = first; c < channels; c += L) {
            VectorMask<Float> lanes = F.indexInRange(c, channels);
            FloatVector sum = fromArray(F, bias, c, lanes);
            for (int t = 0; t < taps; t++) {
                int x = from + column[t];
                if (x >= 0 && x < sourceW) {
                    FloatVector v = fromArray(F, source, offset[t] + x * channels + c, lanes);
                    sum = v.fma(fromArray(F, w, weight[t] + c, lanes), sum);
                }
            }
            sum.intoArray(result, o + c, lanes);
        }
    }

    /** Every tap and vector of channels is a piece that walks all pixels. */
    static void weightGradient(ConvSpec s, float[] x, float[] dy, float[] dw) {
        var at = Correlation.forward(s);
        int channels = s.cin();
        int blocks = (channels + L - 1) / L;
        List<Correlation.Tap> taps = at.taps();
        Workers.run(taps.size() * blocks, i -> {
            var tap = taps.get(i / blocks);
            int c = i % blocks * L;
            var lanes = new float[L];
            for (int image = 0; image < at.n(); image++) {
                for (int row = 0; row < at.rows(); row++) {
                    int sy = row * at.stepH() + tap.row();
                    if (sy >= 0 && sy < at.sourceH()) {
                        int d = (image * at.rows() + row) * at.columns() * channels + c;
                        int sx = (image * at.sourceH() + sy) * at.sourceW() * channels + c;
                        addRow(at, tap.column(), x, sx, dy, d, channels, c, lanes);
                    }
                }
            }
            System.arraycopy(lanes, 0, dw, tap.kernel() * channels + c, Math.min(L, channels - c));
        });
    }

    private static void addRow(
            Correlation at, int first, float[] x, int sx, float[] dy, int d, int channels, int c, float[] lanes) {
        VectorMask<Float> valid = F.indexInRange(c, channels);
        FloatVector sum = fromArray(F, lanes, 0);
        int columns = at.columns();
        int step = at.stepW();
        int width = at.sourceW();
        for (int i = 0; i < columns; i++) {
            int column = i * step + first;
            if (column >= 0 && column < width) {
                sum = fromArray(F, x, sx + column * channels, valid)
                        .fma(fromArray(F, dy, d + i * channels, valid), sum);
            }
        }
        sum.intoArray(lanes, 0);
    }
}
