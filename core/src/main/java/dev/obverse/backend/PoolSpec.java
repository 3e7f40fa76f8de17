package dev.obverse.backend;

/** Geometry of a pooling window over {@code x [n,h,w,c]}; padding never contributes a value. */
public record PoolSpec(int n, int h, int w, int c, int kh, int kw, int strideH, int strideW, int padH, int padW) {

    public PoolSpec {
        if (kh < 1 || kw < 1 || strideH < 1 || strideW < 1) {
            throw new IllegalArgumentException(
                    "pool2d: window %dx%d and stride %dx%d must be at least 1".formatted(kh, kw, strideH, strideW));
        }
        if (padH < 0 || padW < 0 || padH > kh / 2 || padW > kw / 2) {
            throw new IllegalArgumentException("pool2d: padding %dx%d must lie between 0 and half of the window %dx%d"
                    .formatted(padH, padW, kh, kw));
        }
        if (h + 2 * padH < kh || w + 2 * padW < kw) {
            throw new IllegalArgumentException("pool2d: a %dx%d window does not fit into a %dx%d image padded by %dx%d"
                    .formatted(kh, kw, h, w, padH, padW));
        }
    }

    public int outH() {
        return (h + 2 * padH - kh) / strideH + 1;
    }

    public int outW() {
        return (w + 2 * padW - kw) / strideW + 1;
    }
}
