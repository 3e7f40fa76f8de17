package dev.obverse.nn.layer;

import dev.obverse.autograd.NoGrad;
import dev.obverse.nn.Buffer;
import dev.obverse.nn.Layer;
import dev.obverse.nn.Parameter;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;

/**
 * Batch norm of {@code x [N,..,C]}, each channel over everything else (Ioffe and Szegedy 2015).
 *
 * <p>In training mode the batch's own statistics are used, and {@code running = (1 - momentum) running + momentum
 * batch} is recorded, with the unbiased variance, as PyTorch does. In eval mode the running statistics are used.
 */
public final class BatchNorm extends Layer {
    private final double eps;
    private final double momentum;
    private final double slope;
    private final Parameter weight;
    private final Parameter bias;
    private final Buffer runningMean;
    private final Buffer runningVariance;

    /** With PyTorch's eps 1e-5 and momentum 0.1. */
    public BatchNorm(int channels) {
        this(channels, 1e-5, 0.1);
    }

    /** {@link #BatchNorm(int)} and the LeakyReLU that follows, in one pass over memory. */
    public static BatchNorm withLeakyRelu(int channels, double slope) {
        return new BatchNorm(channels, 1e-5, 0.1, slope);
    }

    /** The momentum, 0 to 1, is the weight of a new batch in the running statistics. */
    public BatchNorm(int channels, double eps, double momentum) {
        this(channels, eps, momentum, 1);
    }

    /** @param slope of the LeakyReLU that follows, at least 0: 0 is ReLU, 1 is none */
    public BatchNorm(int channels, double eps, double momentum, double slope) {
        if (!(momentum >= 0 && momentum <= 1)) {
            throw new IllegalArgumentException("BatchNorm: momentum must be from 0 to 1, not " + momentum);
        }
        var shape = Shape.of(channels);
        this.eps = eps;
        this.momentum = momentum;
        this.slope = slope;
        weight = parameter("weight", Tensor.full(Device.cpu(), 1, shape));
        bias = parameter("bias", Tensor.zeros(Device.cpu(), shape));
        runningMean = buffer("running_mean", Tensor.zeros(Device.cpu(), shape));
        runningVariance = buffer("running_var", Tensor.full(Device.cpu(), 1, shape));
    }

    @Override
    public Tensor forward(Tensor x) {
        int channels = weight.shape().dim(0);
        if (x.rank() < 2 || x.dim(-1) != channels) {
            throw new IllegalArgumentException("BatchNorm: x must be [N,..," + channels + "], not " + x.shape());
        }
        if (!isTraining()) {
            return Functional.batchNormLeakyRelu(
                    x, runningMean.value(), runningVariance.value(), weight.value(), bias.value(), eps, slope);
        }
        int count = x.size() / channels;
        if (count < 2) {
            throw new IllegalArgumentException(
                    "BatchNorm: in training mode each channel needs at least two values, but x is " + x.shape()
                            + "; use a larger batch, or eval()");
        }
        return Functional.batchNormLeakyRelu(
                x, weight.value(), bias.value(), eps, slope, (mean, variance) -> record(mean, variance, count));
    }

    private void record(Tensor mean, Tensor variance, int count) {
        try (var _ = NoGrad.open()) {
            var unbiased = variance.mul(count / (count - 1.0));
            var kernels = mean.backend().optimizer();
            kernels.ema(1 - momentum, mean.storage(), runningMean.value().storage(), mean.size());
            kernels.ema(
                    1 - momentum, unbiased.storage(), runningVariance.value().storage(), mean.size());
        }
    }

    @Override
    protected String details() {
        return weight.shape().dim(0) + (slope == 1 ? "" : ", LeakyReLU " + slope);
    }
}
