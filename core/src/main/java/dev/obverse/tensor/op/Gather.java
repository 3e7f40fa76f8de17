package dev.obverse.tensor.op;

import dev.obverse.backend.ReduceSpec;
import dev.obverse.tensor.Shape;

/**
 * Single elements of one axis, picked by index: {@code y[..,j,..] = x[.., indices[..,j,..], ..]}.
 *
 * @param count extent of the result along the axis
 * @param indices one per element of the result, row-major
 */
public record Gather(int axis, int count, int[] indices) implements Op {
    @Override
    public String name() {
        return "gather";
    }

    @Override
    public void forward(Call call) {
        var x = call.shape(0);
        var shape = x.with(axis, count);
        if (indices.length != shape.size()) {
            throw new IllegalArgumentException("gather: a result of shape " + shape + " needs " + shape.size()
                    + " indices, but " + indices.length + " were given");
        }
        for (int index : indices) {
            if (index < 0 || index >= x.dim(axis)) {
                throw new IllegalArgumentException(
                        "gather: index " + index + " does not exist in axis " + axis + " of shape " + x);
            }
        }
        call.backend().index().gather(spec(x), count, indices, call.x(0), call.result(shape));
    }

    @Override
    public void backward(Call call) {
        var dx = call.allocate(call.shape(0).size());
        call.backend().index().gatherGradient(spec(call.shape(0)), count, indices, call.gradient(), dx);
        call.deliver(0, dx);
    }

    private ReduceSpec spec(Shape x) {
        int at = x.axis(axis);
        return new ReduceSpec(x.product(0, at), x.dim(at), x.product(at + 1, x.rank()));
    }
}
