package dev.obverse.nn;

import dev.obverse.tensor.Tensor;

/** A module from one tensor to one tensor. */
public abstract class Layer extends Module {
    protected Layer() {}

    /** Computes the result; recorded for backward as every operation is. */
    public abstract Tensor forward(Tensor x);
}
