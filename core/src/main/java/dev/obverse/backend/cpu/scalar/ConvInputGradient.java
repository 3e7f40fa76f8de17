package dev.obverse.backend.cpu.scalar;

import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.cpu.Workers;
import java.util.Arrays;

/** Gradient of a convolution with respect to its image, which is also the transposed convolution. */
public final class ConvInputGradient {
    private ConvInputGradient() {}

    /**
     * {@code dx[n,iy,ix,ci] = sum dy[n,oy,ox,co] w[ky,kx,ci,co]} over all {@code oy*stride + ky*dilation - pad = iy},
     * and the same for x.
     *
     * @param dy {@code [n,outH,outW,cout]}
     * @param w {@code [kh,kw,cin/groups,cout]}
     * @param dx {@code [n,h,w,cin]}, overwritten
     */
    public static void run(ConvSpec s, float[] dy, float[] w, float[] dx) {
        var transposed = transpose(s, w);
        Workers.run(s.n() * s.h(), line -> {
            int from = line * s.w() * s.cin();
            Arrays.fill(dx, from, from + s.w() * s.cin(), 0f);
            for (int column = 0; column < s.w(); column++) {
                pixel(s, line / s.h(), line % s.h(), column, dy, transposed, dx, from + column * s.cin());
            }
        });
    }

    /** {@code [kh,kw,cout,cin/groups]}, so that the inner loop runs over contiguous input channels. */
    private static float[] transpose(ConvSpec s, float[] w) {
        int inputs = s.cin() / s.groups();
        var transposed = new float[s.weightSize()];
        for (int k = 0; k < s.kh() * s.kw(); k++) {
            for (int ci = 0; ci < inputs; ci++) {
                for (int co = 0; co < s.cout(); co++) {
                    transposed[(k * s.cout() + co) * inputs + ci] = w[(k * inputs + ci) * s.cout() + co];
                }
            }
        }
        return transposed;
    }

    private static void pixel(
            ConvSpec s, int image, int row, int column, float[] dy, float[] transposed, float[] dx, int o) {
        int inputs = s.cin() / s.groups();
        int outputs = s.cout() / s.groups();
        for (int ky = 0; ky < s.kh(); ky++) {
            int oy = row + s.padTop() - ky * s.dilationH();
            if (oy < 0 || oy % s.strideH() != 0 || oy / s.strideH() >= s.outH()) {
                continue;
            }
            for (int kx = 0; kx < s.kw(); kx++) {
                int ox = column + s.padLeft() - kx * s.dilationW();
                if (ox < 0 || ox % s.strideW() != 0 || ox / s.strideW() >= s.outW()) {
                    continue;
                }
                int d = ((image * s.outH() + oy / s.strideH()) * s.outW() + ox / s.strideW()) * s.cout();
                int k = (ky * s.kw() + kx) * s.cout();
                for (int co = 0; co < s.cout(); co++) {
                    ConvForward.addScaled(
                            dy[d + co], transposed, (k + co) * inputs, dx, o + co / outputs * inputs, inputs);
                }
            }
        }
    }
}
