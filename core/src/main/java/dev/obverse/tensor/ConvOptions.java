package dev.obverse.tensor;

import dev.obverse.backend.ConvSpec;

/** Stride, zero padding, dilation and groups of a convolution, per axis where axes may differ. */
public record ConvOptions(
        int strideH,
        int strideW,
        int padTop,
        int padLeft,
        int padBottom,
        int padRight,
        int dilationH,
        int dilationW,
        int groups) {
    /** Stride 1, no padding, no dilation, one group. */
    public static final ConvOptions DEFAULT = new ConvOptions(1, 1, 0, 0, 0, 0, 1, 1, 1);

    public ConvOptions stride(int stride) {
        return stride(stride, stride);
    }

    public ConvOptions stride(int h, int w) {
        return new ConvOptions(h, w, padTop, padLeft, padBottom, padRight, dilationH, dilationW, groups);
    }

    /** The same number of zeros on all four sides. */
    public ConvOptions padding(int padding) {
        return padding(padding, padding, padding, padding);
    }

    public ConvOptions padding(int top, int left, int bottom, int right) {
        return new ConvOptions(strideH, strideW, top, left, bottom, right, dilationH, dilationW, groups);
    }

    public ConvOptions dilation(int dilation) {
        return dilation(dilation, dilation);
    }

    public ConvOptions dilation(int h, int w) {
        return new ConvOptions(strideH, strideW, padTop, padLeft, padBottom, padRight, h, w, groups);
    }

    public ConvOptions groups(int groups) {
        return new ConvOptions(strideH, strideW, padTop, padLeft, padBottom, padRight, dilationH, dilationW, groups);
    }

    /** The whole geometry, once the image and the kernel are known. */
    public ConvSpec spec(int n, int h, int w, int cin, int cout, int kh, int kw) {
        return new ConvSpec(
                n, h, w, cin, cout, kh, kw, strideH, strideW, padTop, padLeft, padBottom, padRight, dilationH,
                dilationW, groups);
    }
}
