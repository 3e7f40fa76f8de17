package dev.obverse.tensor.op;

import dev.obverse.tensor.Shape;

/** The same elements in another shape; shares memory. */
public record Reshape(Shape shape) implements Op {
    @Override
    public String name() {
        return "reshape";
    }

    @Override
    public void forward(Call call) {
        if (call.shape(0).size() != shape.size()) {
            throw new IllegalArgumentException("reshape: shape " + call.shape(0) + " has "
                    + call.shape(0).size() + " elements, " + shape + " has " + shape.size());
        }
        call.result(shape, call.x(0));
    }

    @Override
    public void backward(Call call) {
        call.deliver(0, call.gradient());
    }
}
