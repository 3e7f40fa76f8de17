package dev.obverse.nn.layer;

import dev.obverse.nn.Layer;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.PoolOptions;
import dev.obverse.tensor.Tensor;

/** Mean of each window; padding counts as zeros. */
public final class AvgPool2d extends Layer {
    private final PoolOptions options;

    /** Square windows that do not overlap. */
    public AvgPool2d(int window) {
        this(PoolOptions.window(window));
    }

    public AvgPool2d(PoolOptions options) {
        this.options = options;
    }

    @Override
    public Tensor forward(Tensor x) {
        return Functional.avgPool2d(x, options);
    }

    @Override
    protected String details() {
        return "window " + options.kh() + "x" + options.kw() + ", stride " + options.strideH() + "x"
                + options.strideW();
    }
}
