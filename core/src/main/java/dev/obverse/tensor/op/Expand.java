package dev.obverse.tensor.op;

import dev.obverse.backend.CopySpec;
import dev.obverse.tensor.Shape;

/** Repeats {@code x} to a wider shape by the broadcasting rule. */
public record Expand(Shape shape) implements Op {
    @Override
    public String name() {
        return "expand";
    }

    @Override
    public void forward(Call call) {
        if (!Strides.broadcast(name(), call.shape(0), shape).equals(shape)) {
            throw new IllegalArgumentException("expand: shape " + call.shape(0) + " does not broadcast to " + shape);
        }
        var y = call.result(shape);
        call.backend()
                .index()
                .copy(
                        new CopySpec(shape.toArray(), 0, Strides.stretched(call.shape(0), shape), 0, shape.strides()),
                        call.x(0),
                        y);
    }

    @Override
    public void backward(Call call) {
        call.deliver(0, Sum.to(call, call.gradient(), shape, call.shape(0)));
    }
}
