package dev.obverse.tensor.op;

import dev.obverse.backend.Binary;
import dev.obverse.backend.Storage;
import dev.obverse.backend.Unary;
import dev.obverse.tensor.Shape;
import java.util.Locale;

/** {@code y = f(a, b)}, element by element, with broadcasting. */
public record PointwisePair(Binary f) implements Op {
    @Override
    public String name() {
        return f.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void forward(Call call) {
        var shape = Strides.broadcast(name(), call.shape(0), call.shape(1));
        compute(call, f, call.shape(0), call.x(0), call.shape(1), call.x(1), shape, call.result(shape));
    }

    @Override
    public void backward(Call call) {
        for (int i = 0; i < 2; i++) {
            if (call.wants(i)) {
                var wide = i == 0 ? gradientOfA(call) : gradientOfB(call);
                call.deliver(i, Sum.to(call, wide, call.resultShape(), call.shape(i)));
            }
        }
    }

    /** Gradient with respect to {@code a}, of the result's shape. */
    private Storage gradientOfA(Call call) {
        return switch (f) {
            case ADD, SUB -> call.gradient();
            case MUL -> timesInput(call, Binary.MUL, 1);
            case DIV -> timesInput(call, Binary.DIV, 1);
            case MAX -> times(call, call.gradient(), share(call, 0, 1));
            case MIN -> times(call, call.gradient(), share(call, 1, 0));
            case HEAVISIDE, EQUAL -> zero(call);
        };
    }

    private Storage gradientOfB(Call call) {
        return switch (f) {
            case ADD -> call.gradient();
            case SUB -> scaled(call, call.gradient(), -1);
            case MUL -> timesInput(call, Binary.MUL, 0);
            case DIV -> scaled(call, times(call, timesInput(call, Binary.DIV, 1), call.result()), -1);
            case MAX -> times(call, call.gradient(), share(call, 1, 0));
            case MIN -> times(call, call.gradient(), share(call, 0, 1));
            case HEAVISIDE, EQUAL -> zero(call);
        };
    }

    /** {@code gradient (*|/) input}, of the result's shape. */
    private static Storage timesInput(Call call, Binary f, int input) {
        var y = call.allocate(call.resultShape().size());
        compute(call, f, call.resultShape(), call.gradient(), call.shape(input), call.x(input), call.resultShape(), y);
        return y;
    }

    /** 1 where input {@code i} is the larger, 1/2 where they are equal. */
    private static Storage share(Call call, int i, int j) {
        var y = call.allocate(call.resultShape().size());
        compute(call, Binary.HEAVISIDE, call.shape(i), call.x(i), call.shape(j), call.x(j), call.resultShape(), y);
        return y;
    }

    private static Storage times(Call call, Storage a, Storage b) {
        var shape = call.resultShape();
        var y = call.allocate(shape.size());
        compute(call, Binary.MUL, shape, a, shape, b, shape, y);
        return y;
    }

    private static Storage scaled(Call call, Storage x, double factor) {
        var y = call.allocate(call.resultShape().size());
        call.backend().elementwise().unary(Unary.affine(factor, 0), x, y, y.length());
        return y;
    }

    private static Storage zero(Call call) {
        var y = call.allocate(call.resultShape().size());
        call.backend().memory().fill(y, 0);
        return y;
    }

    private static void compute(
            Call call, Binary f, Shape shapeA, Storage a, Shape shapeB, Storage b, Shape shape, Storage y) {
        call.backend().elementwise().binary(f, Strides.reading(shapeA, shapeB, shape), a, b, y);
    }
}
