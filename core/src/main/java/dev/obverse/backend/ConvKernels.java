package dev.obverse.backend;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Convolution (cross-correlation, as in every deep-learning library) in its three directions.
 *
 * <p>The image {@code x}, and its gradient, may lie in several blocks: block {@code i} is {@code [n,h,w,c_i]}, and the
 * image is what concatenating them along channels would give. Its channels are {@code spec.cin()}, and
 * {@link ConvSpec#channels} tells those of a block.
 *
 * <p>A transposed convolution runs {@link #inputGradient} forward and the other two backward.
 */
public interface ConvKernels {
    /**
     * {@code y = leaky(x * w + bias)} where {@code leaky(v) = v > 0 ? v : slope v}.
     *
     * @param slope 1 for a linear result, 0 for ReLU
     * @param bias one value per output channel, or null for none
     */
    void forward(ConvSpec spec, double slope, List<Storage> x, Storage w, @Nullable Storage bias, Storage y);

    /**
     * A convolution that nobody will differentiate, with more to end it. The weight is taken for one that is used many
     * times: a backend may keep it in another order until it is written to.
     *
     * @param bias one value per output channel, or null for none
     * @param y none of the others
     */
    void infer(ConvSpec spec, ConvTail tail, List<Storage> x, Storage w, @Nullable Storage bias, Storage y);

    /** Gradient with respect to {@code x}, from the gradient of the linear result. */
    void inputGradient(ConvSpec spec, Storage dy, Storage w, List<Storage> dx);

    /** Gradient with respect to {@code w}, from the gradient of the linear result. */
    void weightGradient(ConvSpec spec, List<Storage> x, Storage dy, Storage dw);

    /**
     * Backward of bias and activation: {@code dz = dy (y > 0 ? 1 : slope)}, and {@code dbias[c]} the sum of {@code dz}
     * over all pixels. The sign of {@code y} is the sign of its argument because {@code slope >= 0}.
     *
     * @param dz may be {@code dy}
     * @param dbias null where nobody wants it
     */
    void epilogueGradient(
            int pixels, int channels, double slope, Storage y, Storage dy, Storage dz, @Nullable Storage dbias);
}
