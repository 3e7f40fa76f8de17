package dev.obverse.tensor.op;

/** Softmax over the last axis, or its logarithm. */
public record Softmax(boolean log) implements Op {
    @Override
    public String name() {
        return log ? "log_softmax" : "softmax";
    }

    @Override
    public void forward(Call call) {
        var shape = call.shape(0);
        int n = shape.dim(-1);
        int rows = shape.product(0, shape.rank() - 1);
        var y = call.result(shape);
        if (log) {
            call.backend().norm().logSoftmax(rows, n, call.x(0), y);
        } else {
            call.backend().norm().softmax(rows, n, call.x(0), y);
        }
    }

    @Override
    public void backward(Call call) {
        var shape = call.shape(0);
        int n = shape.dim(-1);
        int rows = shape.product(0, shape.rank() - 1);
        var dx = call.allocate(shape.size());
        if (log) {
            call.backend().norm().logSoftmaxGradient(rows, n, call.result(), call.gradient(), dx);
        } else {
            call.backend().norm().softmaxGradient(rows, n, call.result(), call.gradient(), dx);
        }
        call.deliver(0, dx);
    }
}
