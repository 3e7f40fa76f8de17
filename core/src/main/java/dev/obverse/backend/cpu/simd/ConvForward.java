package dev.obverse.backend.cpu.simd;

import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.cpu.ConvAlgorithm;
import dev.obverse.backend.cpu.conv.Correlation;
import dev.obverse.backend.cpu.conv.KeptWeights;
import dev.obverse.backend.cpu.conv.Tail;
import dev.obverse.backend.cpu.conv.Window;
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
    public static void run(
            ConvAlgorithm algorithm,
            ConvSpec s,
            float slope,
            float[] x,
            float[] w,
            float @Nullable [] bias,
            float[] y) {
        if (Depthwise.fits(s)) {
            Depthwise.forward(s, Tail.leaky(slope, s.cout()), x, w, bias, y);
        } else {
            run(algorithm, Correlation.forward(s), slope, x, w, bias, y);
        }
    }

    /**
     * {@code y = tail(conv(x, w) + bias)}, with a weight that is likely to be used again.
     *
     * @param slope of the LeakyReLU that is all that ends it, if there is no tail
     * @param kept where the weight may stay in another order
     */
    public static void infer(
            ConvAlgorithm algorithm,
            ConvSpec s,
            float slope,
            @Nullable Tail tail,
            float[] x,
            float[] w,
            float @Nullable [] bias,
            float[] y,
            KeptWeights kept) {
        if (Depthwise.fits(s)) {
            Depthwise.forward(s, tail == null ? Tail.leaky(slope, s.cout()) : tail, x, w, bias, y);
            return;
        }
        var at = Correlation.forward(s);
        var window = Window.of(at);
        if (WinogradConvolution.chosen(algorithm, at) || FewChannels.fits(window) || ImageConvolution.fits(window)) {
            float bend = tail == null ? slope : 1f;
            if (WinogradConvolution.chosen(algorithm, at)) {
                WinogradConvolution.run(at, bend, x, w, bias, y, kept);
            } else {
                run(algorithm, at, bend, x, w, bias, y);
            }
            if (tail != null) {
                Tails.run(tail, at.n() * at.rows(), at.columns(), at.resultChannels(), y);
            }
        } else {
            var end = tail == null ? Tail.leaky(slope, at.resultChannels()) : tail;
            DirectConvolution.run(window, end, x, w, bias, y, kept);
        }
    }

    /** Chooses the algorithm for a correlation that is not depthwise. */
    static void run(
            ConvAlgorithm algorithm,
            Correlation at,
            float slope,
            float[] source,
            float[] weight,
            float @Nullable [] bias,
            float[] result) {
        if (WinogradConvolution.chosen(algorithm, at)) {
            WinogradConvolution.run(at, slope, source, weight, bias, result);
            return;
        }
        var window = Window.of(at);
        if (FewChannels.fits(window)) {
            FewChannels.run(window, slope, source, weight, bias, result);
        } else if (ImageConvolution.fits(window)) {
            ImageConvolution.run(window, slope, source, weight, bias, result);
        } else {
            var tail = Tail.leaky(slope, at.resultChannels());
            DirectConvolution.run(window, tail, source, weight, bias, result, null);
        }
    }
}
