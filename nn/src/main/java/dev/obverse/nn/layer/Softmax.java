package dev.obverse.nn.layer;

import dev.obverse.nn.Layer;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Tensor;

/** Softmax over the last axis. */
public final class Softmax extends Layer {
    public Softmax() {}

    @Override
    public Tensor forward(Tensor x) {
        return Functional.softmax(x);
    }
}
