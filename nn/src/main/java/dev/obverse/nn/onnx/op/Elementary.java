package dev.obverse.nn.onnx.op;

import dev.obverse.tensor.Tensor;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/** Functions of one tensor without attributes: Abs, Neg, Exp, Sqrt, Erf, Floor, ... */
final class Elementary {
    private Elementary() {}

    /** A composition of operations of ours. */
    static Operator of(UnaryOperator<Tensor> f) {
        return _ -> Step.of(in -> in.get(0).map(f));
    }

    /** A function for which there is no kernel. */
    static Operator host(String name, DoubleUnaryOperator f, DoubleUnaryOperator derivative) {
        return of(x -> HostFunction.map(name, x, f, derivative));
    }

    /** A step function, whose derivative is 0. */
    static Operator steps(String name, DoubleUnaryOperator f) {
        return host(name, f, _ -> 0);
    }

    static double erfDerivative(double x) {
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x);
    }
}
