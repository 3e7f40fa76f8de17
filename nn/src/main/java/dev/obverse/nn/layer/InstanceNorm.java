package dev.obverse.nn.layer;

import dev.obverse.nn.Layer;
import dev.obverse.nn.Parameter;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Instance norm of {@code x [N,H,W,C]}: each channel of each sample by itself (Ulyanov et al. 2016). It always uses the
 * statistics of its input.
 */
public final class InstanceNorm extends Layer {
    private final int channels;
    private final double eps;
    private final double slope;
    private final @Nullable Parameter weight;
    private final @Nullable Parameter bias;

    /** Without scale and shift, and with eps 1e-5, as PyTorch. */
    public InstanceNorm(int channels) {
        this(channels, 1e-5, false);
    }

    /** {@link #InstanceNorm(int)} and the LeakyReLU that follows, in one pass over memory. */
    public static InstanceNorm withLeakyRelu(int channels, double slope) {
        return new InstanceNorm(channels, 1e-5, false, slope);
    }

    /** If affine, with a learned scale and shift of each channel. */
    public InstanceNorm(int channels, double eps, boolean affine) {
        this(channels, eps, affine, 1);
    }

    /** @param slope of the LeakyReLU that follows, at least 0: 0 is ReLU, 1 is none */
    public InstanceNorm(int channels, double eps, boolean affine, double slope) {
        this.channels = channels;
        this.eps = eps;
        this.slope = slope;
        weight = affine ? parameter("weight", Tensor.full(Device.cpu(), 1, Shape.of(channels))) : null;
        bias = affine ? parameter("bias", Tensor.zeros(Device.cpu(), Shape.of(channels))) : null;
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.rank() < 3 || x.dim(-1) != channels || x.shape().product(1, x.rank() - 1) < 2) {
            throw new IllegalArgumentException("InstanceNorm: x must be [N,..," + channels
                    + "] with at least two pixels to take statistics of, not " + x.shape());
        }
        return Functional.groupNormLeakyRelu(
                x, channels, weight == null ? null : weight.value(), bias == null ? null : bias.value(), eps, slope);
    }

    @Override
    protected String details() {
        return channels + (weight == null ? "" : ", affine") + (slope == 1 ? "" : ", LeakyReLU " + slope);
    }
}
