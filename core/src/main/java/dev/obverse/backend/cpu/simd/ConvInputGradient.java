package dev.obverse.backend.cpu.simd;

import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.cpu.ConvAlgorithm;
import dev.obverse.backend.cpu.conv.Correlation;
import dev.obverse.backend.cpu.conv.ImageParts;

/** Gradient of a convolution with respect to its image, which is also the transposed convolution. */
public final class ConvInputGradient {
    private ConvInputGradient() {}

    /** Whether the gradient may be in such parts. */
    public static boolean writesParts(ConvAlgorithm algorithm, ConvSpec s, ImageParts dx) {
        return dx.fill(Lanes.LENGTH)
                && !Depthwise.fits(s)
                && Correlation.inputGradient(s).stream().allMatch(at -> WinogradConvolution.chosen(algorithm, at));
    }

    /**
     * {@code dx[n,iy,ix,ci] = sum dy[n,oy,ox,co] w[ky,kx,ci,co]} over all {@code oy*stride + ky*dilation - pad = iy},
     * and the same for x: a convolution of {@code dy} with the flipped, transposed weights.
     *
     * @param dy {@code [n,outH,outW,cout]}
     * @param w {@code [kh,kw,cin/groups,cout]}
     * @param dx {@code [n,h,w,cin]}, overwritten; in parts only where {@link #writesParts}
     */
    public static void run(ConvAlgorithm algorithm, ConvSpec s, float[] dy, float[] w, ImageParts dx) {
        if (Depthwise.fits(s)) {
            Depthwise.inputGradient(s, dy, w, dx.whole());
            return;
        }
        for (var at : Correlation.inputGradient(s)) {
            ConvForward.run(algorithm, at, 1f, ImageParts.of(dy, s.cout()), w, null, dx);
        }
    }
}
