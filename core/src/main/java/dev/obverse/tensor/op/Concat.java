package dev.obverse.tensor.op;

import dev.obverse.backend.CopySpec;

/** Joins tensors along an axis; all other extents must agree. */
public record Concat(int axis) implements Op {
    @Override
    public String name() {
        return "concat";
    }

    @Override
    public void forward(Call call) {
        var first = call.shape(0);
        int at = first.axis(axis);
        int total = 0;
        for (int i = 0; i < call.inputCount(); i++) {
            var shape = call.shape(i);
            if (shape.rank() != first.rank() || !shape.with(at, 0).equals(first.with(at, 0))) {
                throw new IllegalArgumentException(
                        "concat: shapes " + first + " and " + shape + " must agree in every axis except axis " + at);
            }
            total += shape.dim(at);
        }
        var y = call.result(first.with(at, total));
        int offset = 0;
        for (int i = 0; i < call.inputCount(); i++) {
            var part = part(call, at, i);
            call.backend().index().copy(part.copy(0, part.width, offset, part.total), call.x(i), y);
            offset += part.width;
        }
    }

    @Override
    public void backward(Call call) {
        int at = call.shape(0).axis(axis);
        int offset = 0;
        for (int i = 0; i < call.inputCount(); i++) {
            var part = part(call, at, i);
            if (call.wants(i)) {
                var dx = call.allocate(call.shape(i).size());
                call.backend().index().copy(part.copy(offset, part.total, 0, part.width), call.gradient(), dx);
                call.deliver(i, dx);
            }
            offset += part.width;
        }
    }

    private static Part part(Call call, int at, int i) {
        var shape = call.shape(i);
        var y = call.resultShape();
        return new Part(shape.product(0, at), shape.product(at, shape.rank()), y.product(at, y.rank()));
    }

    /** An input as rows of {@code width} elements inside rows of {@code total}. */
    private record Part(int rows, int width, int total) {
        CopySpec copy(int from, int fromStride, int to, int toStride) {
            return CopySpec.columns(rows, width, from, fromStride, to, toStride);
        }
    }
}
