package dev.obverse.nn.layer;

import dev.obverse.nn.Layer;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.PoolOptions;
import dev.obverse.tensor.Tensor;

/** Largest element of each window: {@code new MaxPool2d(2)} halves an image. */
public final class MaxPool2d extends Layer {
    private final PoolOptions options;

    /** Square windows that do not overlap. */
    public MaxPool2d(int window) {
        this(PoolOptions.window(window));
    }

    public MaxPool2d(PoolOptions options) {
        this.options = options;
    }

    @Override
    public Tensor forward(Tensor x) {
        return Functional.maxPool2d(x, options);
    }

    @Override
    protected String details() {
        return "window " + options.kh() + "x" + options.kw() + ", stride " + options.strideH() + "x"
                + options.strideW();
    }
}
