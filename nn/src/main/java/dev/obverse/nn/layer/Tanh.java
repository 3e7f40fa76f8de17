package dev.obverse.nn.layer;

import dev.obverse.nn.Layer;
import dev.obverse.tensor.Tensor;

/** The hyperbolic tangent. */
public final class Tanh extends Layer {
    public Tanh() {}

    @Override
    public Tensor forward(Tensor x) {
        return x.tanh();
    }
}
