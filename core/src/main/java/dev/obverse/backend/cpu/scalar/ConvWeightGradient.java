package dev.obverse.backend.cpu.scalar;

import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.cpu.Workers;
import java.util.Arrays;

/** Gradient of a convolution with respect to its weights. */
public final class ConvWeightGradient {
    private ConvWeightGradient() {}

    /**
     * {@code dw[ky,kx,ci,co] = sum x[n, oy*stride + ky*dilation - pad, .., ci] dy[n,oy,ox,co]} over images and result
     * pixels.
     *
     * @param x {@code [n,h,w,cin]}
     * @param dy {@code [n,outH,outW,cout]}
     * @param dw {@code [kh,kw,cin/groups,cout]}, overwritten
     */
    public static void run(ConvSpec s, float[] x, float[] dy, float[] dw) {
        int inputs = s.cin() / s.groups();
        int size = inputs * s.cout();
        Workers.run(s.kh() * s.kw(), tap -> {
            Arrays.fill(dw, tap * size, (tap + 1) * size, 0f);
            for (int line = 0; line < s.n() * s.outH(); line++) {
                int iy = line % s.outH() * s.strideH() + tap / s.kw() * s.dilationH() - s.padTop();
                if (iy >= 0 && iy < s.h()) {
                    row(s, tap, line / s.outH() * s.h() + iy, line, x, dy, dw);
                }
            }
        });
    }

    /** Adds one image row {@code xRow} against one gradient row {@code dyRow}, both counted over the batch. */
    private static void row(ConvSpec s, int tap, int xRow, int dyRow, float[] x, float[] dy, float[] dw) {
        int inputs = s.cin() / s.groups();
        int outputs = s.cout() / s.groups();
        for (int ox = 0; ox < s.outW(); ox++) {
            int ix = ox * s.strideW() + tap % s.kw() * s.dilationW() - s.padLeft();
            if (ix < 0 || ix >= s.w()) {
                continue;
            }
            int i = (xRow * s.w() + ix) * s.cin();
            int d = (dyRow * s.outW() + ox) * s.cout();
            for (int ci = 0; ci < s.cin(); ci++) {
                int group = ci / inputs;
                int o = (tap * inputs + ci % inputs) * s.cout() + group * outputs;
                ConvForward.addScaled(x[i + ci], dy, d + group * outputs, dw, o, outputs);
            }
        }
    }
}
