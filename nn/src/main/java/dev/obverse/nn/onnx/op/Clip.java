package dev.obverse.nn.onnx.op;

import java.util.function.ToDoubleFunction;

/** {@code min(max(x, low), high)}: bounds are attributes before opset 11, then inputs. */
final class Clip {
    private Clip() {}

    static Step prepare(Node node) {
        var low = bound(node, "min", 1, Double.NEGATIVE_INFINITY);
        var high = bound(node, "max", 2, Double.POSITIVE_INFINITY);
        return Step.of(in -> {
            double from = low.applyAsDouble(in);
            double to = high.applyAsDouble(in);
            // Where the bounds contradict each other, the upper one wins.
            return in.get(0).map(x -> x.clamp(Math.min(from, to), to));
        });
    }

    private static ToDoubleFunction<Inputs> bound(Node node, String attribute, int input, double otherwise) {
        if (node.opset() < 11) {
            double value = node.number(attribute, otherwise);
            return _ -> value;
        }
        if (!node.has(input)) {
            return _ -> otherwise;
        }
        var constant = node.constant(input);
        if (constant != null) {
            double value = constant.item();
            return _ -> value;
        }
        return in -> in.get(input).item();
    }
}
