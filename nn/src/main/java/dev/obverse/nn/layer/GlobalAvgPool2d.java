package dev.obverse.nn.layer;

import dev.obverse.nn.Layer;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Tensor;

/** Mean over all pixels: {@code [N,H,W,C] -> [N,C]}. */
public final class GlobalAvgPool2d extends Layer {
    public GlobalAvgPool2d() {}

    @Override
    public Tensor forward(Tensor x) {
        return Functional.globalAvgPool2d(x);
    }
}
