package dev.obverse.nn.init;

import dev.obverse.tensor.ConvOptions;
import dev.obverse.tensor.Shape;

/**
 * How many inputs each output of a layer sums ({@code in}), and how many outputs each input feeds ({@code out}): what
 * keeps the variance of activations, or of gradients, constant from layer to layer.
 */
public record Fans(double in, double out) {
    /** For {@code weight [out,in]}. */
    public static Fans linear(Shape weight) {
        check(weight, 2, "[out,in]");
        return new Fans(weight.dim(1), weight.dim(0));
    }

    /** For {@code weight [KH,KW,Cin/groups,Cout]}. Strides are not counted, as in PyTorch. */
    public static Fans conv2d(Shape weight, int groups) {
        check(weight, 4, "[KH,KW,Cin/groups,Cout]");
        double window = weight.dim(0) * (double) weight.dim(1);
        return new Fans(window * weight.dim(2), window * weight.dim(3) / groups);
    }

    /**
     * For {@code weight [KH,KW,Cin,Cout/groups]}. With stride {@code s} each output sees only one in {@code s^2} of the
     * window's elements, which is counted here: PyTorch's {@code fan_in} takes {@code Cout KH KW} for this layer, which
     * is wrong by a factor of two for the usual layer that halves its channels and doubles its image.
     */
    public static Fans convTranspose2d(Shape weight, ConvOptions options) {
        check(weight, 4, "[KH,KW,Cin,Cout/groups]");
        double window = weight.dim(0) * (double) weight.dim(1);
        double strides = options.strideH() * (double) options.strideW();
        return new Fans(window * weight.dim(2) / options.groups() / strides, window * weight.dim(3));
    }

    private static void check(Shape weight, int rank, String axes) {
        if (weight.rank() != rank) {
            throw new IllegalArgumentException("Fans: the weight must be " + axes + ", not " + weight);
        }
    }
}
