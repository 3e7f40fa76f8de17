package dev.obverse.tensor.op;

import dev.obverse.backend.CopySpec;
import dev.obverse.tensor.Shape;

/** Every {@code step}-th element of one axis, from {@code start} (inclusive) to {@code end} (exclusive). */
public record Slice(int axis, int start, int end, int step) implements Op {
    @Override
    public String name() {
        return "slice";
    }

    @Override
    public void forward(Call call) {
        var x = call.shape(0);
        int extent = x.dim(axis);
        if (start < 0 || end > extent || start > end || step < 1) {
            throw new IllegalArgumentException("slice: [" + start + ":" + end + ":" + step
                    + "] does not lie within axis " + axis + " of shape " + x);
        }
        var y = x.with(axis, (end - start + step - 1) / step);
        call.backend().index().copy(reading(x, y), call.x(0), call.result(y));
    }

    @Override
    public void backward(Call call) {
        var forward = reading(call.shape(0), call.resultShape());
        var dx = call.allocate(call.shape(0).size());
        call.backend().memory().fill(dx, 0);
        call.backend().index().copy(Strides.reversed(forward), call.gradient(), dx);
        call.deliver(0, dx);
    }

    private CopySpec reading(Shape x, Shape y) {
        int at = x.axis(axis);
        var strides = x.strides();
        int offset = start * strides[at];
        strides[at] *= step;
        return new CopySpec(y.toArray(), offset, strides, 0, y.strides());
    }
}
