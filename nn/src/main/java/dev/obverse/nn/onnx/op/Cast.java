package dev.obverse.nn.onnx.op;

import dev.obverse.tensor.Device;

/** Cast and CastLike. */
final class Cast {
    private Cast() {}

    static Step cast(Node node) {
        if (!node.hasAttribute("to")) {
            throw new IllegalArgumentException("its attribute 'to' is missing");
        }
        var to = ElementType.of(Value.toInt(node.integer("to", 0)));
        return Step.of(in -> to(in.get(0), to, in.device()));
    }

    static Step castLike(Node node) {
        return Step.of(in -> to(in.get(0), in.get(1).type(), in.device()));
    }

    static Value to(Value x, ElementType type, Device device) {
        if (x.type() == type) {
            return x;
        }
        if (x.type().isFloat() && type.isFloat()) {
            boolean narrower = type == ElementType.FLOAT16 || type == ElementType.BFLOAT16;
            return (narrower ? x.map(t -> HostFunction.map("Cast", t, type::cast, _ -> 1)) : x).as(type);
        }
        var values = x.plain().detach().toDoubleArray();
        for (int i = 0; i < values.length; i++) {
            values[i] = type.cast(values[i]);
        }
        return Value.of(type, device, values, x.shape());
    }
}
