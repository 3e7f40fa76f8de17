package dev.obverse.tensor.op;

import dev.obverse.backend.ReduceSpec;
import dev.obverse.tensor.Shape;

/** Whole slices of one axis, picked by index; an embedding is this over axis 0 of its table. */
public record IndexSelect(int axis, int[] indices) implements Op {
    @Override
    public String name() {
        return "index_select";
    }

    @Override
    public void forward(Call call) {
        var x = call.shape(0);
        for (int index : indices) {
            if (index < 0 || index >= x.dim(axis)) {
                throw new IllegalArgumentException(
                        "index_select: index " + index + " does not exist in axis " + axis + " of shape " + x);
            }
        }
        var y = call.result(x.with(axis, indices.length));
        call.backend().index().indexSelect(spec(x), indices, call.x(0), y);
    }

    @Override
    public void backward(Call call) {
        var dx = call.allocate(call.shape(0).size());
        call.backend().index().indexSelectGradient(spec(call.shape(0)), indices, call.gradient(), dx);
        call.deliver(0, dx);
    }

    private ReduceSpec spec(Shape x) {
        int at = x.axis(axis);
        return new ReduceSpec(x.product(0, at), x.dim(at), x.product(at + 1, x.rank()));
    }
}
