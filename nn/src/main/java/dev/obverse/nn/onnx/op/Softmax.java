package dev.obverse.nn.onnx.op;

import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Tensor;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Softmax and LogSoftmax: over one axis from opset 13 on, before over all axes from {@code axis} on. */
final class Softmax {
    private Softmax() {}

    static Operator of(boolean logarithm) {
        UnaryOperator<Tensor> f = logarithm ? Functional::logSoftmax : Functional::softmax;
        return node -> {
            boolean oneAxis = node.opset() >= 13;
            int axis = node.axis("axis", oneAxis ? -1 : 1);
            return Step.of(in -> oneAxis ? over(in.get(0), axis, f) : from(in.get(0), axis, f));
        };
    }

    private static Value over(Value x, int axis, UnaryOperator<Tensor> f) {
        int at = x.storedAxis(axis);
        int last = x.rank() - 1;
        return x.map(t -> {
            if (at == last) {
                return f.apply(t);
            }
            var swap = IntStream.range(0, t.rank())
                    .map(i -> i == at ? last : i == last ? at : i)
                    .toArray();
            return f.apply(t.permute(swap)).permute(swap);
        });
    }

    private static Value from(Value x, int axis, UnaryOperator<Tensor> f) {
        int at = axis == x.rank() ? x.rank() : x.shape().axis(axis);
        if (at == x.rank() - 1) {
            return over(x, at, f);
        }
        var t = x.plain();
        var rows = t.reshape(t.shape().product(0, at), t.shape().product(at, t.rank()));
        return Value.plain(x.type(), f.apply(rows).reshape(t.shape().toArray()));
    }
}
