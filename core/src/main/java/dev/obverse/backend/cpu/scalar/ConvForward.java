package dev.obverse.backend.cpu.scalar;

import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.cpu.Workers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Convolution with bias and LeakyReLU in plain loops over contiguous channels. */
public final class ConvForward {
    private ConvForward() {}

    /**
     * {@code y = leaky(conv(x, w) + bias)} with {@code leaky(v) = v > 0 ? v : slope*v}.
     *
     * @param slope 1 for none, 0 for ReLU
     * @param x {@code [n,h,w,cin]}
     * @param w {@code [kh,kw,cin/groups,cout]}
     * @param bias {@code [cout]} or null
     * @param y {@code [n,outH,outW,cout]}, overwritten
     */
    public static void run(ConvSpec s, float slope, float[] x, float[] w, float @Nullable [] bias, float[] y) {
        int columns = s.outW();
        Workers.run(s.n() * s.outH(), line -> {
            for (int column = 0; column < columns; column++) {
                pixel(s, line / s.outH(), line % s.outH(), column, x, w, bias, y);
            }
            int from = line * columns * s.cout();
            leaky(slope, y, from, from + columns * s.cout());
        });
    }

    private static void pixel(
            ConvSpec s, int image, int row, int column, float[] x, float[] w, float @Nullable [] bias, float[] y) {
        int inputs = s.cin() / s.groups();
        int outputs = s.cout() / s.groups();
        int o = ((image * s.outH() + row) * s.outW() + column) * s.cout();
        if (bias == null) {
            Arrays.fill(y, o, o + s.cout(), 0f);
        } else {
            System.arraycopy(bias, 0, y, o, s.cout());
        }
        for (int ky = 0; ky < s.kh(); ky++) {
            int iy = row * s.strideH() + ky * s.dilationH() - s.padTop();
            if (iy < 0 || iy >= s.h()) {
                continue;
            }
            for (int kx = 0; kx < s.kw(); kx++) {
                int ix = column * s.strideW() + kx * s.dilationW() - s.padLeft();
                if (ix < 0 || ix >= s.w()) {
                    continue;
                }
                int i = ((image * s.h() + iy) * s.w() + ix) * s.cin();
                int k = (ky * s.kw() + kx) * inputs * s.cout();
                for (int ci = 0; ci < s.cin(); ci++) {
                    int group = ci / inputs;
                    int weight = k + ci % inputs * s.cout() + group * outputs;
                    addScaled(x[i + ci], w, weight, y, o + group * outputs, outputs);
                }
            }
        }
    }

    /** {@code to[o..] += scale * from[i..]}. */
    static void addScaled(float scale, float[] from, int i, float[] to, int o, int count) {
        for (int c = 0; c < count; c++) {
            to[o + c] += scale * from[i + c];
        }
    }

    private static void leaky(float slope, float[] y, int from, int to) {
        if (slope == 1f) {
            return;
        }
        for (int i = from; i < to; i++) {
            float v = y[i];
            y[i] = v > 0f ? v : slope * v;
        }
    }
}
