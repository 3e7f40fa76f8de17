package dev.obverse.backend;

/**
 * Resizes {@code x [n,h,w,c]} to {@code [n,outH,outW,c]}.
 *
 * <p>{@code NEAREST} reads {@code floor(i * in / out)}. {@code BILINEAR} reads at {@code (i + 0.5) in / out - 0.5},
 * clamped at the border: PyTorch's {@code interpolate} with {@code align_corners=false}.
 */
public record ResizeSpec(int n, int h, int w, int c, int outH, int outW, Mode mode) {
    public enum Mode {
        NEAREST,
        BILINEAR
    }
}
