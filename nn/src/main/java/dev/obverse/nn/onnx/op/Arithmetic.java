package dev.obverse.nn.onnx.op;

import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.op.Strides;
import java.util.Arrays;
import java.util.function.BinaryOperator;

/** Add, Sub, Mul, Div, Pow, Mod with broadcasting; Sum, Mean, Max, Min of any number of tensors. */
final class Arithmetic {
    private Arithmetic() {}

    static Operator of(BinaryOperator<Tensor> f) {
        return node -> {
            var align = legacyBroadcast(node);
            return Step.of(in -> wrapped(Value.broadcast(in.get(0), align.apply(in), f)));
        };
    }

    /** Whole numbers are cut off towards zero. */
    static Step div(Node node) {
        var align = legacyBroadcast(node);
        return Step.of(in -> {
            var a = in.get(0);
            var b = align.apply(in);
            return a.type().isFloat()
                    ? Value.broadcast(a, b, Tensor::div)
                    : HostFunction.compare(a, b, a.type(), Arithmetic::quotient);
        });
    }

    private static double quotient(double a, double b) {
        if (b == 0) {
            throw new IllegalArgumentException("a whole number is divided by 0");
        }
        double quotient = a / b;
        return quotient < 0 ? Math.ceil(quotient) : Math.floor(quotient);
    }

    static Step mod(Node node) {
        boolean likeC = node.flag("fmod", false);
        return Step.of(in -> {
            var a = in.get(0);
            var mod = HostFunction.compare(
                    a, in.get(1), a.type(), (x, y) -> likeC || x % y == 0 || x < 0 == y < 0 ? x % y : x % y + y);
            return a.type().isFloat() ? Value.plain(a.type(), mod.plain().to(in.device())) : mod;
        });
    }

    /** Powers that have a kernel go there. */
    static Step pow(Node node) {
        var align = legacyBroadcast(node);
        return Step.of(in -> {
            var a = in.get(0);
            var b = align.apply(in);
            if (!a.type().isFloat()) {
                return wrapped(
                        HostFunction.compare(a, b, a.type(), (x, y) -> a.type().cast(Math.pow(x, y))));
            }
            if (b.shape().size() == 1 && b.rank() <= a.rank() && !b.stored().requiresGrad()) {
                double exponent = b.item();
                if (exponent == 1 || exponent == 2 || exponent == 3 || exponent == 0.5 || exponent == -1) {
                    return a.map(x -> power(x, exponent));
                }
            }
            var exponent = b.type().isFloat()
                    ? b
                    : Value.plain(a.type(), b.plain().to(a.stored().device()));
            return Value.broadcast(a, exponent, Arithmetic::power);
        });
    }

    private static Tensor power(Tensor x, double exponent) {
        return exponent == 1
                ? x
                : exponent == 2
                        ? x.square()
                        : exponent == 3 ? x.square().mul(x) : exponent == 0.5 ? x.sqrt() : x.reciprocal();
    }

    private static Tensor power(Tensor a, Tensor b) {
        var shape = Strides.broadcast("Pow", a.shape(), b.shape());
        return HostFunction.zip(
                "Pow",
                HostFunction.expand(a, shape),
                HostFunction.expand(b, shape),
                Math::pow,
                (x, y) -> y == 0 ? 0 : y * Math.pow(x, y - 1),
                (x, y) -> x > 0 ? Math.pow(x, y) * Math.log(x) : 0);
    }

    /** Folds any number of inputs. */
    static Operator all(BinaryOperator<Tensor> f, boolean mean) {
        return _ -> Step.of(in -> {
            var result = in.get(0);
            for (int i = 1; i < in.count(); i++) {
                result = Value.broadcast(result, in.get(i), f);
            }
            int count = in.count();
            return mean ? result.map(x -> x.div(count)) : result;
        });
    }

    /** What a narrower type does when it overflows. */
    private static Value wrapped(Value x) {
        return switch (x.type()) {
            case UINT8, INT8, UINT16, INT16, INT32, UINT32 ->
                x.map(t -> HostFunction.map("wrap", t, x.type()::cast, _ -> 1));
            default -> x;
        };
    }

    private interface Second {
        Value apply(Inputs inputs);
    }

    /** Before opset 7 the second input was laid along the axes from {@code axis} on, if {@code broadcast} was set. */
    private static Second legacyBroadcast(Node node) {
        if (node.opset() >= 7 || !node.flag("broadcast", false) || !node.hasAttribute("axis")) {
            return in -> in.get(1);
        }
        int axis = node.axis("axis", 0);
        return in -> {
            var b = in.get(1);
            int rank = in.get(0).rank();
            int from = axis < 0 ? axis + rank : axis;
            if (from < 0 || from + b.rank() > rank) {
                throw new IllegalArgumentException("input 1 of shape " + b.shape() + " does not fit at axis " + axis
                        + " of " + in.get(0).shape());
            }
            var extents = new int[rank - from];
            Arrays.fill(extents, 1);
            System.arraycopy(b.shape().toArray(), 0, extents, 0, b.rank());
            return Value.plain(b.type(), b.plain().reshape(extents));
        };
    }
}
