package dev.obverse.tensor.op;

import dev.obverse.backend.CopySpec;
import dev.obverse.tensor.Shape;
import java.util.Arrays;

/** Surrounds {@code x} by a constant: {@code before[i]} and {@code after[i]} elements along axis {@code i}. */
public record Pad(int[] before, int[] after, double value) implements Op {
    @Override
    public String name() {
        return "pad";
    }

    @Override
    public void forward(Call call) {
        var x = call.shape(0);
        if (before.length != x.rank() || after.length != x.rank() || negative(before) || negative(after)) {
            throw new IllegalArgumentException("pad: " + Arrays.toString(before) + " and " + Arrays.toString(after)
                    + " must hold one number, 0 or more, for each axis of shape " + x);
        }
        var extents = x.toArray();
        for (int i = 0; i < extents.length; i++) {
            extents[i] += before[i] + after[i];
        }
        var y = call.result(Shape.of(extents));
        call.backend().memory().fill(y, value);
        call.backend().index().copy(writing(x, call.resultShape()), call.x(0), y);
    }

    @Override
    public void backward(Call call) {
        var dx = call.allocate(call.shape(0).size());
        call.backend().index().copy(Strides.reversed(writing(call.shape(0), call.resultShape())), call.gradient(), dx);
        call.deliver(0, dx);
    }

    private CopySpec writing(Shape x, Shape y) {
        int offset = 0;
        var strides = y.strides();
        for (int i = 0; i < before.length; i++) {
            offset += before[i] * strides[i];
        }
        return new CopySpec(x.toArray(), 0, x.strides(), offset, strides);
    }

    private static boolean negative(int[] widths) {
        return Arrays.stream(widths).anyMatch(w -> w < 0);
    }
}
