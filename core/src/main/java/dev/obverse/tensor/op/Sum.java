package dev.obverse.tensor.op;

import dev.obverse.backend.CopySpec;
import dev.obverse.backend.Storage;
import dev.obverse.backend.Unary;
import dev.obverse.tensor.Shape;
import java.util.stream.IntStream;

/**
 * {@code y = sum of x} over axes, or the mean.
 *
 * @param axes axes to reduce, all if empty
 * @param mean divide by the number of elements summed
 */
public record Sum(int[] axes, boolean keepDims, boolean mean) implements Op {
    @Override
    public String name() {
        return mean ? "mean" : "sum";
    }

    @Override
    public void forward(Call call) {
        var shape = call.shape(0);
        var sorted = Strides.axes(name(), shape, axes);
        var result = Strides.reduced(shape, sorted, keepDims);
        call.result(result, over(call, call.x(0), shape, sorted, factor(shape, sorted)));
    }

    @Override
    public void backward(Call call) {
        var shape = call.shape(0);
        var sorted = Strides.axes(name(), shape, axes);
        double factor = factor(shape, sorted);
        var g = call.gradient();
        if (factor != 1) {
            g = call.allocate(call.resultShape().size());
            call.backend().elementwise().unary(Unary.affine(factor, 0), call.gradient(), g, g.length());
        }
        var kept = Strides.reduced(shape, sorted, true);
        var dx = call.allocate(shape.size());
        call.backend()
                .index()
                .copy(new CopySpec(shape.toArray(), 0, Strides.stretched(kept, shape), 0, shape.strides()), g, dx);
        call.deliver(0, dx);
    }

    private double factor(Shape shape, int[] sorted) {
        return mean ? 1.0 / IntStream.of(sorted).map(shape::dim).reduce(1, (a, b) -> a * b) : 1;
    }

    /** Sums {@code x} over sorted axes and multiplies by {@code factor}. */
    private static Storage over(Call call, Storage x, Shape shape, int[] sorted, double factor) {
        var steps = Strides.reductions(shape, sorted);
        if (steps.isEmpty()) {
            var y = call.allocate(shape.size());
            call.backend().elementwise().unary(Unary.affine(factor, 0), x, y, shape.size());
            return y;
        }
        var y = x;
        for (int i = 0; i < steps.size(); i++) {
            var step = steps.get(i);
            var next = call.allocate(step.outer() * step.inner());
            call.backend().reduce().sum(step, i == steps.size() - 1 ? factor : 1, y, next);
            y = next;
        }
        return y;
    }

    /** Undoes broadcasting: sums a gradient of shape {@code wide} down to {@code shape}. */
    static Storage to(Call call, Storage gradient, Shape wide, Shape shape) {
        int shift = wide.rank() - shape.rank();
        var sorted = IntStream.range(0, wide.rank())
                .filter(i -> i < shift ? wide.dim(i) != 1 : shape.dim(i - shift) != wide.dim(i))
                .toArray();
        return sorted.length == 0 ? gradient : over(call, gradient, wide, sorted, 1);
    }
}
