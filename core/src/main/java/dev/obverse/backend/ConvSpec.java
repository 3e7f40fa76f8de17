package dev.obverse.backend;

/**
 * Geometry of a 2-d convolution over a channels-last image: {@code x [n,h,w,cin]}, weight
 * {@code [kh,kw,cin/groups,cout]}, result {@code [n,outH,outW,cout]}.
 *
 * <p>The same record describes both gradients, which read and write the same three arrays, and a transposed
 * convolution, which is the input gradient of the convolution it mirrors.
 *
 * @param padTop rows of zeros above the image; padding may differ per side, so that {@code same} padding of an even
 *     kernel can be expressed
 */
public record ConvSpec(
        int n,
        int h,
        int w,
        int cin,
        int cout,
        int kh,
        int kw,
        int strideH,
        int strideW,
        int padTop,
        int padLeft,
        int padBottom,
        int padRight,
        int dilationH,
        int dilationW,
        int groups) {

    public ConvSpec {
        if (kh < 1 || kw < 1 || strideH < 1 || strideW < 1 || dilationH < 1 || dilationW < 1 || groups < 1) {
            throw new IllegalArgumentException(
                    ("conv2d: kernel %dx%d, stride %dx%d, dilation %dx%d and groups %d" + " must all be at least 1")
                            .formatted(kh, kw, strideH, strideW, dilationH, dilationW, groups));
        }
        if (padTop < 0 || padLeft < 0 || padBottom < 0 || padRight < 0) {
            throw new IllegalArgumentException("conv2d: padding (%d,%d,%d,%d) must not be negative"
                    .formatted(padTop, padLeft, padBottom, padRight));
        }
        if (cin % groups != 0 || cout % groups != 0) {
            throw new IllegalArgumentException("conv2d: %d input and %d output channels do not divide into %d groups"
                    .formatted(cin, cout, groups));
        }
        if (h + padTop + padBottom < dilationH * (kh - 1) + 1 || w + padLeft + padRight < dilationW * (kw - 1) + 1) {
            throw new IllegalArgumentException(
                    "conv2d: a %dx%d kernel with dilation %dx%d does not fit into a %dx%d image padded by (%d,%d,%d,%d)"
                            .formatted(kh, kw, dilationH, dilationW, h, w, padTop, padLeft, padBottom, padRight));
        }
    }

    /** A dense convolution with the same kernel extent, stride and padding in both directions. */
    public static ConvSpec square(int n, int h, int w, int cin, int cout, int kernel, int stride, int padding) {
        return new ConvSpec(
                n, h, w, cin, cout, kernel, kernel, stride, stride, padding, padding, padding, padding, 1, 1, 1);
    }

    public int outH() {
        return (h + padTop + padBottom - dilationH * (kh - 1) - 1) / strideH + 1;
    }

    public int outW() {
        return (w + padLeft + padRight - dilationW * (kw - 1) - 1) / strideW + 1;
    }

    /** Output pixels over the whole batch. */
    public int outPixels() {
        return n * outH() * outW();
    }

    /** Pixels of the image over the whole batch. */
    public int inPixels() {
        return n * h * w;
    }

    /** Channels of a block {@code [n,h,w,channels]} that is part of the image; 0 if the image has no pixels. */
    public int channels(Storage part) {
        return inPixels() == 0 ? 0 : part.length() / inPixels();
    }

    /** Elements of the weight array. */
    public int weightSize() {
        return kh * kw * (cin / groups) * cout;
    }

    /** Floating-point operations of one direction, counting a multiply-add as two. */
    public double flops() {
        return 2.0 * outPixels() * weightSize();
    }
}
