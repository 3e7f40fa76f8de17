package dev.obverse.contract;

import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Functions of one argument, over many lengths, over a wide range, and at special values. */
final class ElementwiseCases {
    private static final int[] LENGTHS = {0, 1, 3, 4, 5, 15, 16, 17, 31, 33, 127, 1009};

    private final List<Case> cases = new ArrayList<>();

    private ElementwiseCases() {}

    static List<Case> all() {
        var all = new ElementwiseCases();
        all.function("affine", x -> x.mul(-1.5), -3, 3);
        all.function("affine summand", x -> x.add(0.25), 0.5, 3);
        all.function("sub scalar", x -> x.sub(0.75), -3, 0);
        all.function("div scalar", x -> x.div(3), -3, 3);
        all.function("neg", Tensor::neg, -3, 3);
        all.function("abs", Tensor::abs, -3, 3);
        all.function("square", Tensor::square, -3, 3);
        all.function("sqrt", Tensor::sqrt, 0.05, 9);
        all.function("reciprocal", Tensor::reciprocal, 0.1, 9);
        all.function("exp", Tensor::exp, -3, 3);
        all.function("log", Tensor::log, 0.05, 9);
        all.function("tanh", Tensor::tanh, -3, 3);
        all.function("sigmoid", Tensor::sigmoid, -3, 3);
        all.function("relu", Tensor::relu, -3, 3);
        all.function("leaky_relu", x -> x.leakyRelu(0.2), -3, 3);
        all.function("silu", Tensor::silu, -3, 3);
        all.function("gelu", Tensor::gelu, -3, 3);
        all.function("clamp", x -> x.clamp(-0.7, 0.9), -3, 3);
        all.function("sign", Tensor::sign, -3, 3);

        all.wide("exp", Tensor::exp, -87, 88);
        all.wide("log", Tensor::log, 1e-30, 1e-20);
        all.wide("log", Tensor::log, 1e20, 1e30);
        all.wide("log near 1", Tensor::log, 0.99, 1.01);
        all.wide("tanh", Tensor::tanh, -50, 50);
        all.wide("tanh near 0", Tensor::tanh, -1e-3, 1e-3);
        all.wide("sigmoid", Tensor::sigmoid, -80, 80);
        all.wide("silu", Tensor::silu, -80, 80);
        all.wide("sqrt", Tensor::sqrt, 1e-30, 1e-20);

        // Not a number stays one, and the ends of the domains are infinite, not merely large.
        all.special("affine", x -> x.mul(2));
        all.special("square", Tensor::square);
        all.special("sqrt", Tensor::sqrt);
        all.special("reciprocal", Tensor::reciprocal);
        all.special("exp", Tensor::exp);
        all.special("log", Tensor::log);
        all.special("tanh", Tensor::tanh);
        all.special("sigmoid", Tensor::sigmoid);
        all.special("relu", Tensor::relu);
        all.special("leaky_relu", x -> x.leakyRelu(0.2));
        all.special("silu", Tensor::silu);
        all.special("gelu", Tensor::gelu);
        all.special("clamp", x -> x.clamp(-1, 0));
        all.cases.add(Case.unary("abs at 0", Tensor::abs, Shape.of(3))
                .values(0, -0f, 1)
                .kinked());
        all.cases.add(Case.unary("sign at 0", Tensor::sign, Shape.of(3))
                .values(0, -0f, -1)
                .kinked());
        return all.cases;
    }

    private void function(String name, Function<Tensor, Tensor> f, double low, double high) {
        for (int length : LENGTHS) {
            add(name + " [" + length + "]", f, length, low, high);
        }
        // Long enough to be cut into pieces for several threads.
        add(name + " [140003]", f, 140_003, low, high);
    }

    private void wide(String name, Function<Tensor, Tensor> f, double low, double high) {
        add(name + " from " + low + " to " + high, f, 997, low, high);
    }

    private void add(String name, Function<Tensor, Tensor> f, int length, double low, double high) {
        // The exact result of x + b or x Phi(x) may lie near 0 while its terms do not.
        var scale = name.startsWith("gelu") ? Scale.LARGEST : Scale.EACH;
        cases.add(Case.unary(name, f, Shape.of(length)).uniform(low, high).scale(scale));
    }

    private void special(String name, Function<Tensor, Tensor> f) {
        var values = new float[] {0, -0f, 1, -1, Float.NaN, 0.5f, 2, -3, 0};
        cases.add(Case.unary(name + " at special values", f, Shape.of(values.length))
                .values(values)
                .scale(Scale.EACH)
                .kinked());
    }
}
