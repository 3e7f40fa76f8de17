package dev.obverse.tensor.op;

import dev.obverse.backend.CopySpec;
import dev.obverse.backend.Storage;

/** Reverses the order along axes. Its own inverse, and so its own gradient. */
public record Flip(int[] axes) implements Op {
    @Override
    public String name() {
        return "flip";
    }

    @Override
    public void forward(Call call) {
        flip(call, call.x(0), call.result(call.shape(0)));
    }

    @Override
    public void backward(Call call) {
        var dx = call.allocate(call.shape(0).size());
        flip(call, call.gradient(), dx);
        call.deliver(0, dx);
    }

    private void flip(Call call, Storage from, Storage to) {
        var shape = call.shape(0);
        if (shape.size() == 0) {
            return;
        }
        var strides = shape.strides();
        int offset = 0;
        for (int axis : axes.length == 0 ? axes : Strides.axes(name(), shape, axes)) {
            offset += (shape.dim(axis) - 1) * strides[axis];
            strides[axis] = -strides[axis];
        }
        call.backend().index().copy(new CopySpec(shape.toArray(), offset, strides, 0, shape.strides()), from, to);
    }
}
