package dev.obverse.tensor.op;

import dev.obverse.tensor.PoolOptions;
import dev.obverse.tensor.Shape;

/** The mean of each window of {@code x [N,H,W,C]}; padding counts as zeros. */
public record AvgPool2d(PoolOptions window) implements Op {
    @Override
    public String name() {
        return "avg_pool2d";
    }

    @Override
    public void forward(Call call) {
        var spec = window.spec(name(), call.shape(0));
        var y = call.result(Shape.of(spec.n(), spec.outH(), spec.outW(), spec.c()));
        call.backend().pool().average(spec, call.x(0), y);
    }

    @Override
    public void backward(Call call) {
        var dx = call.allocate(call.shape(0).size());
        call.backend().pool().averageGradient(window.spec(name(), call.shape(0)), call.gradient(), dx);
        call.deliver(0, dx);
    }
}
