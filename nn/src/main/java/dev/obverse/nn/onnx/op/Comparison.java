package dev.obverse.nn.onnx.op;

import dev.obverse.tensor.op.Strides;
import java.util.function.DoubleBinaryOperator;

/** Less, Equal, And, ...: truth values; Where chooses by them. */
final class Comparison {
    private Comparison() {}

    /** A test of two numbers. */
    interface Test {
        boolean of(double a, double b);
    }

    static Operator of(Test test) {
        DoubleBinaryOperator f = (a, b) -> test.of(a, b) ? 1 : 0;
        return _ -> Step.of(in -> HostFunction.compare(in.get(0), in.get(1), ElementType.BOOL, f));
    }

    static Step where(Node node) {
        return Step.of(in -> {
            var a = in.get(1);
            var b = in.get(2);
            var shape = Strides.broadcast("Where", in.get(0).shape(), Strides.broadcast("Where", a.shape(), b.shape()));
            Limits.check(shape.size());
            var where = HostFunction.expand(in.get(0).plain(), shape).toDoubleArray();
            var chosen = HostFunction.select(
                    where, HostFunction.expand(a.plain(), shape), HostFunction.expand(b.plain(), shape));
            return Value.plain(a.type(), chosen);
        });
    }
}
