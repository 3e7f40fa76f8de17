package dev.obverse.nn.layer;

import dev.obverse.nn.Layer;
import dev.obverse.nn.Parameter;
import dev.obverse.nn.init.Fans;
import dev.obverse.nn.init.Init;
import dev.obverse.nn.init.Initializer;
import dev.obverse.random.Philox;
import dev.obverse.tensor.ConvOptions;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Convolution of {@code x [N,H,W,in]} with {@code weight [KH,KW,in/groups,out]} plus {@code bias [out]}, and, if it is
 * given a slope, LeakyReLU in the same pass over memory.
 */
public final class Conv2d extends Layer {
    private final ConvOptions options;
    private final double slope;
    private final Parameter weight;
    private final @Nullable Parameter bias;

    /** Stride 1 and a padding that keeps the image's size, no activation. */
    public Conv2d(int in, int out, int kernel, Philox random) {
        this(in, out, kernel, same(kernel), random);
    }

    public Conv2d(int in, int out, int kernel, ConvOptions options, Philox random) {
        this(in, out, kernel, options, 1, random);
    }

    /**
     * With a zero bias and a Kaiming-normal weight whose gain suits the slope.
     *
     * @param slope of the LeakyReLU that follows, at least 0: 0 is ReLU, 1 is none
     */
    public Conv2d(int in, int out, int kernel, ConvOptions options, double slope, Philox random) {
        this(in, out, kernel, kernel, options, true, slope, Init.kaimingNormal(slope), random);
    }

    public Conv2d(
            int in,
            int out,
            int kernelH,
            int kernelW,
            ConvOptions options,
            boolean bias,
            double slope,
            Initializer init,
            Philox random) {
        int groups = options.groups();
        if (groups < 1 || in % groups != 0 || out % groups != 0) {
            throw new IllegalArgumentException("Conv2d: " + in + " input and " + out
                    + " output channels do not divide into " + groups + " groups");
        }
        var shape = Shape.of(kernelH, kernelW, in / groups, out);
        this.options = options;
        this.slope = slope;
        this.weight = parameter("weight", init.tensor(shape, Fans.conv2d(shape, groups), random));
        this.bias = bias ? parameter("bias", Tensor.zeros(Device.cpu(), Shape.of(out))) : null;
    }

    /** Options with stride 1 whose padding keeps the size of an image. */
    public static ConvOptions same(int kernel) {
        if (kernel % 2 == 0) {
            throw new IllegalArgumentException(
                    "Conv2d: an even kernel, " + kernel + ", cannot keep the size; give ConvOptions with a padding");
        }
        return ConvOptions.DEFAULT.padding(kernel / 2);
    }

    @Override
    public Tensor forward(Tensor x) {
        return forward(List.of(x));
    }

    /**
     * As {@link #forward(Tensor)} of the inputs joined along channels, without that copy where the device can do
     * without.
     *
     * @param inputs {@code [N,H,W,C1]}, {@code [N,H,W,C2]} and so on, whose channels add up to {@code in}
     */
    public Tensor forward(List<Tensor> inputs) {
        return Functional.conv2dLeakyRelu(inputs, weight.value(), bias == null ? null : bias.value(), options, slope);
    }

    @Override
    protected String details() {
        var w = weight.shape();
        return w.dim(2) * options.groups() + " -> " + w.dim(3) + ", kernel " + w.dim(0) + "x" + w.dim(1)
                + (options.strideH() == 1 && options.strideW() == 1
                        ? ""
                        : ", stride " + options.strideH() + "x" + options.strideW())
                + (options.groups() == 1 ? "" : ", groups " + options.groups())
                + (bias == null ? ", no bias" : "")
                + (slope == 1 ? "" : ", LeakyReLU " + slope);
    }
}
