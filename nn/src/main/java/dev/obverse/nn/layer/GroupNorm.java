package dev.obverse.nn.layer;

import dev.obverse.nn.Layer;
import dev.obverse.nn.Parameter;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;

/** Group norm of {@code x [N,..,C]}: groups of neighbouring channels of each sample (Wu and He 2018). */
public final class GroupNorm extends Layer {
    private final int groups;
    private final double eps;
    private final double slope;
    private final Parameter weight;
    private final Parameter bias;

    /** With eps 1e-5. */
    public GroupNorm(int groups, int channels) {
        this(groups, channels, 1e-5);
    }

    /** {@link #GroupNorm(int, int)} and the LeakyReLU that follows, in one pass over memory. */
    public static GroupNorm withLeakyRelu(int groups, int channels, double slope) {
        return new GroupNorm(groups, channels, 1e-5, slope);
    }

    public GroupNorm(int groups, int channels, double eps) {
        this(groups, channels, eps, 1);
    }

    /** @param slope of the LeakyReLU that follows, at least 0: 0 is ReLU, 1 is none */
    public GroupNorm(int groups, int channels, double eps, double slope) {
        if (groups < 1 || channels % groups != 0) {
            throw new IllegalArgumentException(
                    "GroupNorm: " + channels + " channels do not divide into " + groups + " groups");
        }
        this.groups = groups;
        this.eps = eps;
        this.slope = slope;
        weight = parameter("weight", Tensor.full(Device.cpu(), 1, Shape.of(channels)));
        bias = parameter("bias", Tensor.zeros(Device.cpu(), Shape.of(channels)));
    }

    @Override
    public Tensor forward(Tensor x) {
        return Functional.groupNormLeakyRelu(x, groups, weight.value(), bias.value(), eps, slope);
    }

    @Override
    protected String details() {
        return groups + " groups, " + weight.shape().dim(0) + (slope == 1 ? "" : ", LeakyReLU " + slope);
    }
}
