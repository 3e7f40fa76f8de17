package dev.obverse.backend.cpu.simd;

import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.cpu.conv.Correlation;
import org.jspecify.annotations.Nullable;

/** Convolution with bias and LeakyReLU in one pass. */
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
        var at = Correlation.forward(s);
        if (Depthwise.fits(s)) {
            Depthwise.forward(s, slope, x, w, bias, y);
        } else if (FewChannels.fits(at)) {
            FewChannels.run(at, slope, x, w, bias, y);
        } else {
            DirectConvolution.run(at, slope, x, w, bias, y);
        }
    }
}
