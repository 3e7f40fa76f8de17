package dev.obverse.cuda.dnn;

import dev.obverse.backend.ConvSpec;

/**
 * A convolution as cuDNN can express it: padding is the same on opposite sides. Where it is not, and that makes a
 * difference, the image is padded by a copy first and cuDNN pads nothing.
 *
 * @param h height of the image that cuDNN sees, padded or not
 * @param padH rows that cuDNN pads above and below
 * @param top rows of zeros that the copy adds above
 */
record ConvGeometry(int h, int w, int padH, int padW, int top, int left) {

    static ConvGeometry of(ConvSpec s) {
        boolean rows = symmetric(s.h(), s.padTop(), s.kh(), s.strideH(), s.dilationH(), s.outH());
        boolean columns = symmetric(s.w(), s.padLeft(), s.kw(), s.strideW(), s.dilationW(), s.outW());
        return new ConvGeometry(
                rows ? s.h() : s.h() + s.padTop() + s.padBottom(),
                columns ? s.w() : s.w() + s.padLeft() + s.padRight(),
                rows ? s.padTop() : 0,
                columns ? s.padLeft() : 0,
                rows ? 0 : s.padTop(),
                columns ? 0 : s.padLeft());
    }

    /**
     * Whether padding the far side like the near one gives as many windows. Windows start at the near side, so they are
     * then the same ones, and what they see beyond the image is zero either way.
     */
    private static boolean symmetric(int in, int pad, int k, int stride, int dilation, int out) {
        int reach = in + 2 * pad - dilation * (k - 1) - 1;
        return reach >= 0 && reach / stride + 1 == out;
    }

    /** Whether the image must be copied. */
    boolean pads(ConvSpec s) {
        return h != s.h() || w != s.w();
    }
}
