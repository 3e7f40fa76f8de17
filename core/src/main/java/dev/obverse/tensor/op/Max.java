package dev.obverse.tensor.op;

import dev.obverse.backend.Binary;
import dev.obverse.backend.Broadcast;

/**
 * The largest element over axes; elements that tie share the gradient equally (PyTorch's {@code amax}).
 *
 * @param axes axes to reduce, all if empty
 */
public record Max(int[] axes, boolean keepDims) implements Op {
    @Override
    public String name() {
        return "amax";
    }

    @Override
    public void forward(Call call) {
        var shape = call.shape(0);
        var sorted = Strides.axes(name(), shape, axes);
        if (shape.size() == 0 && Strides.reduced(shape, sorted, false).size() > 0) {
            throw new IllegalArgumentException("amax: shape " + shape + " has no element to take the maximum of");
        }
        var y = call.x(0);
        for (var step : Strides.reductions(shape, sorted)) {
            var next = call.allocate(step.outer() * step.inner());
            call.backend().reduce().max(step, y, next);
            y = next;
        }
        if (sorted.length == 0) {
            y = call.allocate(shape.size());
            call.backend().index().copy(Strides.dense(shape.size()), call.x(0), y);
        }
        call.result(Strides.reduced(shape, sorted, keepDims), y);
    }

    @Override
    public void backward(Call call) {
        var shape = call.shape(0);
        var sorted = Strides.axes(name(), shape, axes);
        var kept = Strides.reduced(shape, sorted, true);
        var elementwise = call.backend().elementwise();
        var reading = Strides.reading(shape, kept, shape);
        var dx = call.allocate(shape.size());
        elementwise.binary(Binary.EQUAL, reading, call.x(0), call.result(), dx);
        var ties = Sum.to(call, dx, shape, kept);
        var each = call.allocate(kept.size());
        elementwise.binary(Binary.DIV, Broadcast.none(kept.size()), call.gradient(), ties, each);
        elementwise.binary(Binary.MUL, reading, dx, each, dx);
        call.deliver(0, dx);
    }
}
