package dev.obverse.tensor;

import dev.obverse.autograd.CustomFunction;
import dev.obverse.autograd.NoGrad;
import dev.obverse.backend.Backend;
import dev.obverse.backend.NormSpec;
import dev.obverse.backend.ResizeSpec;
import dev.obverse.backend.Storage;
import dev.obverse.random.Philox;
import dev.obverse.tensor.op.AvgPool2d;
import dev.obverse.tensor.op.Concat;
import dev.obverse.tensor.op.Conv2d;
import dev.obverse.tensor.op.ConvTranspose2d;
import dev.obverse.tensor.op.Custom;
import dev.obverse.tensor.op.MaxPool2d;
import dev.obverse.tensor.op.Normalize;
import dev.obverse.tensor.op.Resize;
import dev.obverse.tensor.op.Softmax;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operations of neural networks, as functions: what {@code torch.nn.functional} is to PyTorch. */
public final class Functional {
    private Functional() {}

    /**
     * Cross-correlation of {@code x [N,H,W,C]} with {@code weight [KH,KW,C/groups,Cout]}.
     *
     * @param bias {@code [Cout]}, or null
     * @return {@code [N, (H + pads - dilation (KH-1) - 1) / stride + 1, .., Cout]}
     */
    public static Tensor conv2d(Tensor x, Tensor weight, @Nullable Tensor bias, ConvOptions options) {
        return conv2dLeakyRelu(x, weight, bias, options, 1);
    }

    /** {@link #conv2d} followed by LeakyReLU, in one pass over memory; slope 0 is ReLU, 1 is none. */
    public static Tensor conv2dLeakyRelu(
            Tensor x, Tensor weight, @Nullable Tensor bias, ConvOptions options, double slope) {
        return conv2dLeakyRelu(List.of(x), weight, bias, options, slope);
    }

    /**
     * {@link #conv2d} of {@code inputs} joined along channels: the same as {@code conv2d(concat(3, inputs), ..)},
     * without that copy where the device can do without.
     *
     * @param inputs {@code [N,H,W,C1]}, {@code [N,H,W,C2]} and so on
     * @param weight {@code [KH,KW,(C1 + C2 + ..)/groups,Cout]}
     * @param bias {@code [Cout]}, or null
     */
    public static Tensor conv2d(List<Tensor> inputs, Tensor weight, @Nullable Tensor bias, ConvOptions options) {
        return conv2dLeakyRelu(inputs, weight, bias, options, 1);
    }

    /** {@link #conv2d(List, Tensor, Tensor, ConvOptions)} followed by LeakyReLU; slope 0 is ReLU, 1 is none. */
    public static Tensor conv2dLeakyRelu(
            List<Tensor> inputs, Tensor weight, @Nullable Tensor bias, ConvOptions options, double slope) {
        if (!(slope >= 0)) {
            throw new IllegalArgumentException("conv2d: the LeakyReLU slope must be 0 or more, not " + slope);
        }
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("conv2d: at least one input is needed");
        }
        var all = new ArrayList<>(inputs);
        all.add(weight);
        if (bias != null) {
            all.add(bias);
        }
        return Tensor.apply(new Conv2d(options, inputs.size(), slope, bias != null), all.toArray(Tensor[]::new));
    }

    /**
     * {@link #conv2d} and what follows it. Where nobody wants a gradient it is one pass over memory, else a composition
     * with the same values.
     */
    public static Tensor conv2d(Tensor x, Tensor weight, @Nullable Tensor bias, ConvOptions options, ConvEnd end) {
        if (end.isLeaky()) {
            return conv2dLeakyRelu(x, weight, bias, options, end.slope());
        }
        var inputs = new ArrayList<>(List.of(x, weight));
        for (var optional : Arrays.asList(bias, end.residual(), end.slopes())) {
            if (optional != null) {
                inputs.add(optional);
            }
        }
        if (NoGrad.isRecording() && inputs.stream().anyMatch(Tensor::requiresGrad)) {
            return end.after(conv2d(x, weight, bias, options));
        }
        var op = new Conv2d(
                options, 1, end.slope(), bias != null, end.residual() != null, end.slopes() != null, end.high());
        return Tensor.apply(op, inputs.toArray(Tensor[]::new));
    }

    /**
     * Transposed convolution of {@code x [N,H,W,C]} with {@code weight [KH,KW,C,Cout/groups]}.
     *
     * @param bias {@code [Cout]}, or null
     * @param outputPadding rows and columns added at the bottom and right of the result
     * @return {@code [N, (H-1) stride - pads + dilation (KH-1) + outputPadding + 1, .., Cout]}
     */
    public static Tensor convTranspose2d(
            Tensor x, Tensor weight, @Nullable Tensor bias, ConvOptions options, int outputPadding) {
        var op = new ConvTranspose2d(options, outputPadding);
        return bias == null ? Tensor.apply(op, x, weight) : Tensor.apply(op, x, weight, bias);
    }

    /** {@code x weight^T + bias} for {@code x [..,in]}, {@code weight [out,in]}, {@code bias [out]}. */
    public static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias) {
        var y = x.matmulTransposed(weight);
        return bias == null ? y : y.add(bias);
    }

    public static Tensor maxPool2d(Tensor x, PoolOptions options) {
        return Tensor.apply(new MaxPool2d(options), x);
    }

    /** Mean of each window; padding counts as zeros. */
    public static Tensor avgPool2d(Tensor x, PoolOptions options) {
        return Tensor.apply(new AvgPool2d(options), x);
    }

    /** Mean over all pixels: {@code [N,H,W,C] -> [N,C]}. */
    public static Tensor globalAvgPool2d(Tensor x) {
        return x.mean(1, 2);
    }

    /** Resizes {@code [N,H,W,C]} to {@code [N,height,width,C]}. */
    public static Tensor interpolate(Tensor x, int height, int width, ResizeSpec.Mode mode) {
        return Tensor.apply(new Resize(height, width, mode), x);
    }

    /**
     * Batch norm of {@code x [N,..,C]} with the statistics of the batch (Ioffe and Szegedy 2015).
     *
     * @param gamma scale {@code [C]}, or null for none; likewise {@code beta}, the shift
     * @param statistics receives the batch's mean and population variance, each {@code [C]}; may be null
     */
    public static Tensor batchNorm(
            Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta, double eps, @Nullable Statistics statistics) {
        return batchNormLeakyRelu(x, gamma, beta, eps, 1, statistics);
    }

    /** {@link #batchNorm} followed by LeakyReLU, in one pass over memory; slope 0 is ReLU, 1 is none. */
    public static Tensor batchNormLeakyRelu(
            Tensor x,
            @Nullable Tensor gamma,
            @Nullable Tensor beta,
            double eps,
            double slope,
            @Nullable Statistics statistics) {
        var groups = Normalize.groups(x, x.dim(-1), true, eps, slope, true);
        var op = new Normalize(groups, (mean, variance) -> {
            if (statistics != null) {
                var shape = Shape.of(groups.groups());
                statistics.accept(wrap(shape, mean, x.backend()), wrap(shape, variance, x.backend()));
            }
        });
        return normalize(op, x, gamma, beta);
    }

    /**
     * {@link #batchNormLeakyRelu} with statistics that are given, as in evaluation; no gradient reaches them.
     *
     * @param mean {@code [C]}, likewise {@code variance}
     */
    public static Tensor batchNormLeakyRelu(
            Tensor x,
            Tensor mean,
            Tensor variance,
            @Nullable Tensor gamma,
            @Nullable Tensor beta,
            double eps,
            double slope) {
        var groups = Normalize.groups(x, x.dim(-1), true, eps, slope, false);
        return normalize(new Normalize(groups, (_, _) -> {}), x, gamma, beta, mean, variance);
    }

    /** Receives what a batch norm measured; copy what should outlive the call. */
    @FunctionalInterface
    public interface Statistics {
        void accept(Tensor mean, Tensor variance);
    }

    /** Instance norm of {@code x [N,..,C]}: each channel of each sample by itself (Ulyanov et al. 2016). */
    public static Tensor instanceNorm(Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta, double eps) {
        return groupNorm(x, x.dim(-1), gamma, beta, eps);
    }

    /** Group norm of {@code x [N,..,C]}: {@code groups} groups of neighbouring channels (Wu and He 2018). */
    public static Tensor groupNorm(Tensor x, int groups, @Nullable Tensor gamma, @Nullable Tensor beta, double eps) {
        return groupNormLeakyRelu(x, groups, gamma, beta, eps, 1);
    }

    /** {@link #groupNorm} followed by LeakyReLU, in one pass over memory; slope 0 is ReLU, 1 is none. */
    public static Tensor groupNormLeakyRelu(
            Tensor x, int groups, @Nullable Tensor gamma, @Nullable Tensor beta, double eps, double slope) {
        return normalize(Normalize.groups(x, groups, false, eps, slope, true), x, gamma, beta);
    }

    /** Layer norm over the last axis (Ba et al. 2016). */
    public static Tensor layerNorm(Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta, double eps) {
        int width = x.dim(-1);
        return normalize(new NormSpec(x.shape().product(0, x.rank() - 1), 1, 1, width, eps), x, gamma, beta);
    }

    private static Tensor normalize(NormSpec spec, Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta) {
        return normalize(new Normalize(spec, (_, _) -> {}), x, gamma, beta);
    }

    private static Tensor normalize(
            Normalize op, Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta, Tensor... given) {
        var inputs = new ArrayList<>(List.of(x));
        if (gamma != null || beta != null) {
            var shape = Shape.of(op.spec().columns());
            inputs.add(gamma == null ? constant(x.backend(), 1, shape) : gamma);
            inputs.add(beta == null ? constant(x.backend(), 0, shape) : beta);
        }
        inputs.addAll(List.of(given));
        return Tensor.apply(op, inputs.toArray(Tensor[]::new));
    }

    private static Tensor constant(Backend backend, double value, Shape shape) {
        var storage = backend.memory().allocate(shape.size());
        TensorScope.register(storage, backend, "normalize");
        backend.memory().fill(storage, value);
        return wrap(shape, storage, backend);
    }

    /** Over the last axis. */
    public static Tensor softmax(Tensor x) {
        return Tensor.apply(new Softmax(false), x);
    }

    /** Over the last axis. */
    public static Tensor logSoftmax(Tensor x) {
        return Tensor.apply(new Softmax(true), x);
    }

    /**
     * Zeroes elements with probability {@code p} and divides the others by {@code 1 - p}.
     *
     * @param random gives the same mask on every device and at any thread count
     */
    public static Tensor dropout(Tensor x, double p, Philox random) {
        if (!(p >= 0 && p < 1)) {
            throw new IllegalArgumentException("dropout: p must be at least 0 and less than 1, not " + p);
        }
        var mask = new float[x.size()];
        random.fillUniform(mask, 0, 1);
        float kept = (float) (1 / (1 - p));
        for (int i = 0; i < mask.length; i++) {
            mask[i] = mask[i] < p ? 0 : kept;
        }
        return x.mul(Tensor.of(x.device(), mask, x.shape()));
    }

    /** Rows of {@code table [entries, width]} by index: {@code [indices.length, width]}. */
    public static Tensor embedding(Tensor table, int... indices) {
        return table.indexSelect(0, indices);
    }

    /** Cosine of the angle between rows of {@code a} and {@code b [..,D]}: {@code [..]}. Lengths are at least 1e-8. */
    public static Tensor cosineSimilarity(Tensor a, Tensor b) {
        var dot = a.mul(b).sum(-1);
        return dot.div(length(a).mul(length(b)));
    }

    /** The Euclidean length of each row, at least 1e-8, by clamping its square so that the gradient at 0 is 0. */
    private static Tensor length(Tensor x) {
        return x.square().sum(-1).clamp(1e-16, Double.MAX_VALUE).sqrt();
    }

    /** Rows divided by their Euclidean length, which is taken to be at least 1e-8. */
    public static Tensor l2Normalize(Tensor x) {
        return x.div(x.square().sumKeepDims(-1).clamp(1e-16, Double.MAX_VALUE).sqrt());
    }

    /** Mean of {@code |a - b|}. */
    public static Tensor l1Loss(Tensor a, Tensor b) {
        return sameShape("l1_loss", a, b).sub(b).abs().mean();
    }

    /** Mean of {@code (a - b)^2}. */
    public static Tensor mseLoss(Tensor a, Tensor b) {
        return sameShape("mse_loss", a, b).sub(b).square().mean();
    }

    private static Tensor sameShape(String op, Tensor a, Tensor b) {
        if (!a.shape().equals(b.shape())) {
            throw new IllegalArgumentException(op + ": shapes " + a.shape() + " and " + b.shape()
                    + " must be equal; broadcasting a loss is almost always a mistake");
        }
        return a;
    }

    /** Mean cross entropy of {@code logits [N,classes]} against class numbers. */
    public static Tensor crossEntropy(Tensor logits, int... labels) {
        if (logits.rank() != 2 || logits.dim(0) != labels.length) {
            throw new IllegalArgumentException("cross_entropy: logits " + logits.shape()
                    + " must be [N,classes] with N = " + labels.length + ", the number of labels");
        }
        return logSoftmax(logits).gather(1, 1, labels).mean().neg();
    }

    /** Joins tensors along an axis. */
    public static Tensor concat(int axis, Tensor... tensors) {
        if (tensors.length == 0) {
            throw new IllegalArgumentException("concat: at least one tensor is needed");
        }
        return Tensor.apply(new Concat(axis), tensors);
    }

    /** Applies a {@link CustomFunction}; users call {@link CustomFunction#apply}. */
    public static Tensor custom(CustomFunction.Calls function, Tensor... inputs) {
        return Tensor.apply(new Custom(function), inputs);
    }

    /** A tensor over memory that exists already; for backends. */
    public static Tensor wrap(Shape shape, Storage storage, Backend backend) {
        return new Tensor(shape, storage, backend);
    }
}
