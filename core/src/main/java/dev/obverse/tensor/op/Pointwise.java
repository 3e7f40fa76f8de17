package dev.obverse.tensor.op;

import dev.obverse.backend.Unary;
import java.util.Locale;

/** {@code y = f(x)}, element by element. */
public record Pointwise(Unary f) implements Op {
    @Override
    public String name() {
        return f.kind().name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void forward(Call call) {
        var y = call.result(call.shape(0));
        call.backend().elementwise().unary(f, call.x(0), y, y.length());
    }

    @Override
    public void backward(Call call) {
        var dx = call.allocateOverGradient();
        call.backend().elementwise().unaryGradient(f, call.x(0), call.result(), call.gradient(), dx, dx.length());
        call.deliver(0, dx);
    }
}
