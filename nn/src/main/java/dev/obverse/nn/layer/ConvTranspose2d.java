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
import org.jspecify.annotations.Nullable;

/**
 * Transposed convolution of {@code x [N,H,W,in]} with {@code weight [KH,KW,in,out/groups]} plus {@code bias [out]}:
 * kernel 2 and stride 2 doubles an image.
 */
public final class ConvTranspose2d extends Layer {
    private final ConvOptions options;
    private final int outputPadding;
    private final Parameter weight;
    private final @Nullable Parameter bias;

    /** With a zero bias and a Kaiming-normal weight of gain 1, which keeps the variance. */
    public ConvTranspose2d(int in, int out, int kernel, ConvOptions options, Philox random) {
        this(in, out, kernel, kernel, options, 0, true, Init.kaimingNormal(1), random);
    }

    /** The output padding is the rows and columns added at the bottom and right of the result. */
    public ConvTranspose2d(
            int in,
            int out,
            int kernelH,
            int kernelW,
            ConvOptions options,
            int outputPadding,
            boolean bias,
            Initializer init,
            Philox random) {
        int groups = options.groups();
        if (groups < 1 || in % groups != 0 || out % groups != 0) {
            throw new IllegalArgumentException("ConvTranspose2d: " + in + " input and " + out
                    + " output channels do not divide into " + groups + " groups");
        }
        var shape = Shape.of(kernelH, kernelW, in, out / groups);
        this.options = options;
        this.outputPadding = outputPadding;
        this.weight = parameter("weight", init.tensor(shape, Fans.convTranspose2d(shape, options), random));
        this.bias = bias ? parameter("bias", Tensor.zeros(Device.cpu(), Shape.of(out))) : null;
    }

    @Override
    public Tensor forward(Tensor x) {
        return Functional.convTranspose2d(
                x, weight.value(), bias == null ? null : bias.value(), options, outputPadding);
    }

    @Override
    protected String details() {
        var w = weight.shape();
        return w.dim(2) + " -> " + w.dim(3) * options.groups() + ", kernel " + w.dim(0) + "x" + w.dim(1) + ", stride "
                + options.strideH() + "x" + options.strideW()
                + (options.groups() == 1 ? "" : ", groups " + options.groups())
                + (bias == null ? ", no bias" : "");
    }
}
