package dev.obverse.nn.onnx.op;

import dev.obverse.tensor.Tensor;

/** An input in the order of elements that an operator wants: brought into it once if it is a weight, else each time. */
@FunctionalInterface
public interface Operand {
    Tensor in(Inputs inputs);
}
