package dev.obverse.nn.layer;

import dev.obverse.nn.Layer;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Tensor;

/** Logarithm of the softmax over the last axis. */
public final class LogSoftmax extends Layer {
    public LogSoftmax() {}

    @Override
    public Tensor forward(Tensor x) {
        return Functional.logSoftmax(x);
    }
}
