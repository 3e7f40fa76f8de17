package dev.obverse.nn.onnx.op;

import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import java.util.Arrays;

/** Values that come from no other: Constant, ConstantOfShape, Range, and the Shape and Size of a tensor. */
final class Constants {
    private Constants() {}

    static Step constant(Node node) {
        var value = value(node);
        return Step.of(in -> value);
    }

    private static Value value(Node node) {
        var tensor = node.tensor("value");
        if (tensor != null) {
            return tensor;
        }
        var device = Device.cpu();
        for (var name : node.attributeNames()) {
            switch (name) {
                case "value_float" -> {
                    return Value.of(ElementType.FLOAT, device, new double[] {node.number(name, 0)}, Shape.of());
                }
                case "value_floats" -> {
                    var floats = node.floats(name);
                    var values = new double[floats.length];
                    Arrays.setAll(values, i -> floats[i]);
                    return Value.of(ElementType.FLOAT, device, values, Shape.of(values.length));
                }
                case "value_int" -> {
                    return Value.integers(ElementType.INT64, new double[] {node.integer(name, 0)});
                }
                case "value_ints" -> {
                    var values =
                            Arrays.stream(node.ints(name)).mapToDouble(v -> v).toArray();
                    return Value.integers(ElementType.INT64, values, values.length);
                }
                default -> {}
            }
        }
        throw new IllegalArgumentException("it has no value that can be read, but the attributes "
                + node.attributeNames() + " instead of value, value_float, value_floats, value_int or value_ints");
    }

    static Step constantOfShape(Node node) {
        var given = node.tensor("value");
        var type = given == null ? ElementType.FLOAT : given.type();
        double fill = given == null ? 0 : given.item();
        return Step.of(in -> {
            var extents = Limits.extents(in.get(0).longs());
            var values = new double[Shape.of(extents).size()];
            Arrays.fill(values, fill);
            return Value.of(type, in.device(), values, Shape.of(extents));
        });
    }

    static Step range(Node node) {
        return Step.of(in -> {
            double start = in.get(0).item();
            double delta = in.get(2).item();
            double count = Math.max(0, Math.ceil((in.get(1).item() - start) / delta));
            if (Double.isNaN(count)) {
                throw new IllegalArgumentException("its step is 0 or not a number");
            }
            int length = Limits.extents((long) count)[0];
            var values = new double[length];
            Arrays.setAll(values, i -> start + i * delta);
            return Value.of(in.get(0).type(), in.device(), values, Shape.of(length));
        });
    }

    /** From opset 15 on, {@code start} and {@code end} cut a part out. */
    static Step shape(Node node) {
        long start = node.integer("start", 0);
        long end = node.integer("end", Long.MAX_VALUE);
        return Step.of(in -> {
            var extents = in.get(0).shape().toArray();
            int from = position(start, extents.length);
            int to = Math.max(from, position(end, extents.length));
            var part = Arrays.stream(extents, from, to).asDoubleStream().toArray();
            return Value.integers(ElementType.INT64, part, part.length);
        });
    }

    private static int position(long given, int rank) {
        return Math.clamp(given < 0 ? given + rank : given, 0, rank);
    }

    static Step size(Node node) {
        return Step.of(in -> Value.integers(
                ElementType.INT64, new double[] {in.get(0).shape().size()}));
    }
}
