package dev.obverse.nn.layer;

import dev.obverse.nn.Module;
import dev.obverse.nn.Parameter;
import dev.obverse.nn.init.Fans;
import dev.obverse.nn.init.Init;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;

/** A table of {@code entries} learned vectors: indices to {@code [indices,width]}. */
public final class Embedding extends Module {
    private final Parameter weight;

    /** With standard normal vectors, as PyTorch. */
    public Embedding(int entries, int width, Philox random) {
        var shape = Shape.of(entries, width);
        weight = parameter("weight", Init.normal(0, 1).tensor(shape, Fans.linear(shape), random));
    }

    /**
     * Looks vectors up.
     *
     * @param indices each from 0 to {@code entries - 1}; may repeat
     */
    public Tensor forward(int... indices) {
        return Functional.embedding(weight.value(), indices);
    }

    @Override
    protected String details() {
        return weight.shape().dim(0) + " x " + weight.shape().dim(1);
    }
}
