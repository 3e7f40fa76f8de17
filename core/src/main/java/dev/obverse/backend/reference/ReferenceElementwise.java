package dev.obverse.backend.reference;

import static dev.obverse.backend.reference.ReferenceMemory.elements;

import dev.obverse.backend.Binary;
import dev.obverse.backend.Broadcast;
import dev.obverse.backend.ElementwiseKernels;
import dev.obverse.backend.Storage;
import dev.obverse.backend.Unary;

/** Functions of single elements, and all derivatives in one table. */
final class ReferenceElementwise implements ElementwiseKernels {
    @Override
    public void unary(Unary f, Storage x, Storage y, int n) {
        var xs = elements(x);
        var ys = elements(y);
        for (int i = 0; i < n; i++) {
            ys[i] = value(f, xs[i]);
        }
    }

    @Override
    public void unaryGradient(Unary f, Storage x, Storage y, Storage dy, Storage dx, int n) {
        var xs = elements(x);
        var ys = elements(y);
        var dys = elements(dy);
        var dxs = elements(dx);
        for (int i = 0; i < n; i++) {
            dxs[i] = dys[i] * derivative(f, xs[i], ys[i]);
        }
    }

    private static double value(Unary f, double x) {
        return switch (f.kind()) {
            case AFFINE -> f.a() * x + f.b();
            case ABS -> Math.abs(x);
            case SQUARE -> x * x;
            case SQRT -> Math.sqrt(x);
            case RECIPROCAL -> 1 / x;
            case EXP -> Math.exp(x);
            case LOG -> Math.log(x);
            case TANH -> Math.tanh(x);
            case SIGMOID -> sigmoid(x);
            case LEAKY_RELU -> x > 0 ? x : f.a() * x;
            case SILU -> x * sigmoid(x);
            case GELU -> x * Normal.distribution(x);
            case CLAMP -> Math.min(Math.max(x, f.a()), f.b());
            case SIGN -> Math.signum(x);
        };
    }

    private static double derivative(Unary f, double x, double y) {
        return switch (f.kind()) {
            case AFFINE -> f.a();
            case ABS -> Math.signum(x);
            case SQUARE -> 2 * x;
            case SQRT -> 1 / (2 * y);
            case RECIPROCAL -> -y * y;
            case EXP -> y;
            case LOG -> 1 / x;
            case TANH -> 1 - y * y;
            case SIGMOID -> y * (1 - y);
            case LEAKY_RELU -> y > 0 ? 1 : f.a();
            case SILU -> sigmoid(x) * (1 + x * (1 - sigmoid(x)));
            case GELU -> Normal.distribution(x) + x * Normal.density(x);
            case CLAMP -> f.a() <= x && x <= f.b() ? 1 : 0;
            case SIGN -> 0;
        };
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    @Override
    public void binary(Binary f, Broadcast broadcast, Storage a, Storage b, Storage y) {
        var as = elements(a);
        var bs = elements(b);
        var ys = elements(y);
        var extents = broadcast.extents();
        for (int i = 0; i < broadcast.length(); i++) {
            int atA = Positions.of(i, extents, broadcast.stridesA());
            int atB = Positions.of(i, extents, broadcast.stridesB());
            ys[i] = value(f, as[atA], bs[atB]);
        }
    }

    private static double value(Binary f, double a, double b) {
        return switch (f) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> a / b;
            case MAX -> Math.max(a, b);
            case MIN -> Math.min(a, b);
            case HEAVISIDE -> a > b ? 1 : a == b ? 0.5 : 0;
            case EQUAL -> a == b ? 1 : 0;
        };
    }

    @Override
    public void accumulate(Storage source, Storage target, int n) {
        var from = elements(source);
        var to = elements(target);
        for (int i = 0; i < n; i++) {
            to[i] += from[i];
        }
    }
}
