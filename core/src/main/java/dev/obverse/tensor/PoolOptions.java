package dev.obverse.tensor;

import dev.obverse.backend.PoolSpec;

/** A pooling window, its stride and its padding. */
public record PoolOptions(int kh, int kw, int strideH, int strideW, int padH, int padW) {
    /** Square windows that do not overlap: {@code window(2)} halves an image. */
    public static PoolOptions window(int size) {
        return new PoolOptions(size, size, size, size, 0, 0);
    }

    public PoolOptions stride(int stride) {
        return new PoolOptions(kh, kw, stride, stride, padH, padW);
    }

    public PoolOptions padding(int padding) {
        return new PoolOptions(kh, kw, strideH, strideW, padding, padding);
    }

    /** The whole geometry for {@code x [N,H,W,C]}. */
    public PoolSpec spec(String op, Shape x) {
        if (x.rank() != 4) {
            throw new IllegalArgumentException(op + ": x must be [N,H,W,C], not " + x);
        }
        return new PoolSpec(x.dim(0), x.dim(1), x.dim(2), x.dim(3), kh, kw, strideH, strideW, padH, padW);
    }
}
