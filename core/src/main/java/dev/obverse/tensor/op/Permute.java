package dev.obverse.tensor.op;

import dev.obverse.backend.CopySpec;
import dev.obverse.tensor.Shape;
import java.util.Arrays;

/** Reorders axes: axis {@code i} of the result is axis {@code axes[i]} of {@code x}. */
public record Permute(int[] axes) implements Op {
    @Override
    public String name() {
        return "permute";
    }

    @Override
    public void forward(Call call) {
        var x = call.shape(0);
        if (axes.length != x.rank() || Strides.axes(name(), x, axes).length != x.rank()) {
            throw new IllegalArgumentException(
                    "permute: " + Arrays.toString(axes) + " must name every axis of shape " + x + " once");
        }
        var extents = new int[axes.length];
        var strides = new int[axes.length];
        for (int i = 0; i < axes.length; i++) {
            extents[i] = x.dim(axes[i]);
            strides[i] = x.strides()[x.axis(axes[i])];
        }
        var y = Shape.of(extents);
        call.backend().index().copy(new CopySpec(extents, 0, strides, 0, y.strides()), call.x(0), call.result(y));
    }

    @Override
    public void backward(Call call) {
        var x = call.shape(0);
        var y = call.resultShape();
        var strides = new int[axes.length];
        for (int i = 0; i < axes.length; i++) {
            strides[i] = x.strides()[x.axis(axes[i])];
        }
        var dx = call.allocate(x.size());
        call.backend().index().copy(new CopySpec(y.toArray(), 0, y.strides(), 0, strides), call.gradient(), dx);
        call.deliver(0, dx);
    }
}
