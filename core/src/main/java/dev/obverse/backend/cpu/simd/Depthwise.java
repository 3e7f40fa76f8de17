package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.cpu.Workers;
import dev.obverse.backend.cpu.conv.Correlation;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/** Depthwise convolution, one filter per channel: element-wise products over channels, summed over taps. */
final class Depthwise {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private Depthwise() {}

    static boolean fits(ConvSpec s) {
        return s.groups() > 1 && s.cin() == s.groups() && s.cout() == s.groups();
    }

    static void forward(ConvSpec s, float slope, float[] x, float[] w, float @Nullable [] bias, float[] y) {
        run(Correlation.forward(s), slope, x, w, bias, y);
    }

    static void inputGradient(ConvSpec s, float[] dy, float[] w, float[] dx) {
        for (var at : Correlation.inputGradient(s)) {
            run(at, 1f, dy, w, null, dx);
        }
    }

    private static void run(
            Correlation at, float slope, float[] source, float[] w, float @Nullable [] bias, float[] result) {
        int channels = at.resultChannels();
        float[] start = bias == null ? new float[channels] : bias;
        Workers.run(at.n() * at.rows(), i -> {
            int image = i / at.rows();
            int row = i % at.rows();
            int y = at.rowStart() + row * at.rowStep();
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
                int x = at.columnStart() + c * at.columnStep();
                int o = ((image * at.resultH() + y) * at.resultW() + x) * channels;
                int from = c * at.stepW();
                pixel(slope, source, offset, column, inside, from, at.sourceW(), w, weight, start, result, o, channels);
            }
        });
    }

    private static void pixel(
            float slope,
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
            int channels) {
        for (int c = 0; c < channels; c += L) {
            VectorMask<Float> lanes = F.indexInRange(c, channels);
            FloatVector sum = fromArray(F, bias, c, lanes);
            for (int t = 0; t < taps; t++) {
                int x = from + column[t];
                if (x >= 0 && x < sourceW) {
                    FloatVector v = fromArray(F, source, offset[t] + x * channels + c, lanes);
                    sum = v.fma(fromArray(F, w, weight[t] + c, lanes), sum);
                }
            }
            sum.mul(slope).blend(sum, sum.compare(VectorOperators.GT, 0f)).intoArray(result, o + c, lanes);
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
