package dev.obverse.tensor.op;

import dev.obverse.backend.ResizeSpec;
import dev.obverse.tensor.Shape;

/** Resizes {@code x [N,H,W,C]} to {@code height x width} (PyTorch's {@code interpolate}). */
public record Resize(int height, int width, ResizeSpec.Mode mode) implements Op {
    @Override
    public String name() {
        return "interpolate";
    }

    @Override
    public void forward(Call call) {
        var spec = spec(call);
        var y = call.result(Shape.of(spec.n(), height, width, spec.c()));
        call.backend().resample().resize(spec, call.x(0), y);
    }

    @Override
    public void backward(Call call) {
        var dx = call.allocate(call.shape(0).size());
        call.backend().resample().resizeGradient(spec(call), call.gradient(), dx);
        call.deliver(0, dx);
    }

    private ResizeSpec spec(Call call) {
        var x = call.shape(0);
        if (x.rank() != 4 || height < 1 || width < 1 || x.dim(1) < 1 || x.dim(2) < 1) {
            throw new IllegalArgumentException("interpolate: x must be a non-empty [N,H,W,C] and the new size at least"
                    + " 1x1, but they are " + x + " and " + height + "x" + width);
        }
        return new ResizeSpec(x.dim(0), x.dim(1), x.dim(2), x.dim(3), height, width, mode);
    }
}
