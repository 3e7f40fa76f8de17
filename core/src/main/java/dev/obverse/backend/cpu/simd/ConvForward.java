package dev.obverse.backend.cpu.simd;

import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.cpu.ConvAlgorithm;
import dev.obverse.backend.cpu.conv.Correlation;
import dev.obverse.backend.cpu.conv.ImageParts;
import dev.obverse.backend.cpu.conv.KeptWeights;
import dev.obverse.backend.cpu.conv.Tail;
import dev.obverse.backend.cpu.conv.Window;
import org.jspecify.annotations.Nullable;

/** Convolution with bias and LeakyReLU in one pass. */
public final class ConvForward {
    private ConvForward() {}

    /** Whether the image may be in such parts. */
    public static boolean readsParts(ConvAlgorithm algorithm, ConvSpec s, ImageParts x) {
        return x.fill(Lanes.LENGTH) && WinogradConvolution.chosen(algorithm, Correlation.forward(s));
    }

    /**
     * {@code y = leaky(conv(x, w) + bias)} with {@code leaky(v) = v > 0 ? v : slope*v}.
     *
     * @param slope 1 for none, 0 for ReLU
     * @param x {@code [n,h,w,cin]}, in parts only where {@link #readsParts}
     * @param w {@code [kh,kw,cin/groups,cout]}
     * @param bias {@code [cout]} or null
     * @param y {@code [n,outH,outW,cout]}, overwritten
     */
    public static void run(
            ConvAlgorithm algorithm,
            ConvSpec s,
            float slope,
            ImageParts x,
            float[] w,
            float @Nullable [] bias,
            float[] y) {
        if (Depthwise.fits(s)) {
            Depthwise.forward(s, Tail.leaky(slope, s.cout()), x.whole(), w, bias, y);
        } else {
            run(algorithm, Correlation.forward(s), slope, x, w, bias, ImageParts.of(y, s.cout()));
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
            ImageParts x,
            float[] w,
            float @Nullable [] bias,
            float[] y,
            KeptWeights kept) {
        if (Depthwise.fits(s)) {
            Depthwise.forward(s, tail == null ? Tail.leaky(slope, s.cout()) : tail, x.whole(), w, bias, y);
            return;
        }
        var at = Correlation.forward(s);
        var window = Window.of(at);
        if (WinogradConvolution.chosen(algorithm, at) || FewChannels.fits(window) || ImageConvolution.fits(window)) {
            var result = ImageParts.of(y, s.cout());
            float bend = tail == null ? slope : 1f;
            if (WinogradConvolution.chosen(algorithm, at)) {
                WinogradConvolution.run(at, bend, x, w, bias, result, kept);
            } else {
                run(algorithm, at, bend, x, w, bias, result);
            }
            if (tail != null) {
                Tails.run(tail, at.n() * at.rows(), at.columns(), at.resultChannels(), y);
            }
        } else {
            var end = tail == null ? Tail.leaky(slope, at.resultChannels()) : tail;
            if (PointwiseConvolution.fits(at)) {
                PointwiseConvolution.run(at, end, x.whole(), w, bias, y, kept);
            } else if (ShortConvolution.fits(window)) {
                ShortConvolution.run(window, end, x.whole(), w, bias, y, kept);
            } else {
                DirectConvolution.run(window, end, x.whole(), w, bias, y, kept);
            }
        }
    }

    /** Chooses the algorithm for a correlation that is not depthwise. */
    static void run(
            ConvAlgorithm algorithm,
            Correlation at,
            float slope,
            ImageParts source,
            float[] weight,
            float @Nullable [] bias,
            ImageParts result) {
        if (WinogradConvolution.chosen(algorithm, at)) {
            WinogradConvolution.run(at, slope, source, weight, bias, result, null);
            return;
        }
        var window = Window.of(at);
        if (FewChannels.fits(window)) {
            FewChannels.run(window, slope, source.whole(), weight, bias, result.whole());
        } else if (ImageConvolution.fits(window)) {
            ImageConvolution.run(window, slope, source.whole(), weight, bias, result.whole());
        } else {
            var tail = Tail.leaky(slope, at.resultChannels());
            DirectConvolution.run(window, tail, source.whole(), weight, bias, result.whole(), null);
        }
    }
}
