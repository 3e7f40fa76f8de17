package dev.obverse.nn.onnx.op;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.obverse.tensor.Tensor;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A node of a graph while it is prepared: its attributes with their defaults, and which inputs are constants. */
public final class Node {
    /** Makes a parameter of a weight. */
    @FunctionalInterface
    public interface Weights {
        /**
         * Declares a weight.
         *
         * @param input name of the initialiser
         * @param order what the operator calls the order of elements that it wants; nodes that share an initialiser in
         *     one order share the weight
         * @param value its elements in that order
         * @return reads it, wherever it lives by then
         */
        Supplier<Tensor> declare(String input, String order, Supplier<Tensor> value);
    }

    private final NodeProto proto;
    private final int opset;
    private final Function<String, @Nullable Value> constants;
    private final Function<TensorProto, Value> tensors;
    private final Weights weights;
    private final Map<String, AttributeProto> attributes = new LinkedHashMap<>();
    private final Set<Integer> claimed = new HashSet<>();

    /**
     * A node to prepare.
     *
     * @param constants what is known of an input by name; null if it is computed in each pass
     * @param tensors reads tensors that are attributes
     */
    public Node(
            NodeProto proto,
            int opset,
            Function<String, @Nullable Value> constants,
            Function<TensorProto, Value> tensors,
            Weights weights) {
        this.proto = proto;
        this.opset = opset;
        this.constants = constants;
        this.tensors = tensors;
        this.weights = weights;
        for (var attribute : proto.getAttributeList()) {
            attributes.put(attribute.getName(), attribute);
        }
    }

    public String type() {
        return proto.getOpType();
    }

    public int opset() {
        return opset;
    }

    public int inputCount() {
        return proto.getInputCount();
    }

    public int outputCount() {
        return proto.getOutputCount();
    }

    /** Whether an input is given at all. */
    public boolean has(int i) {
        return i < proto.getInputCount() && !proto.getInput(i).isEmpty();
    }

    /** An input that is known already, to be read now and not again; null if it is not known or not given. */
    public @Nullable Value constant(int i) {
        var value = has(i) ? constants.apply(proto.getInput(i)) : null;
        if (value != null) {
            claimed.add(i);
        }
        return value;
    }

    /** Whether the operator has read an input through {@link #constant} or {@link #operand}, so that steps do not. */
    public boolean isClaimed(int i) {
        return claimed.contains(i);
    }

    /** An input in an order of the operator's own, which has a name. */
    public Operand operand(int i, String name, UnaryOperator<Tensor> order) {
        var value = has(i) ? constants.apply(proto.getInput(i)) : null;
        if (value != null && value.type().isFloat()) {
            claimed.add(i);
            var tensor = weights.declare(proto.getInput(i), name, () -> order.apply(value.plain()));
            return inputs -> tensor.get();
        }
        return inputs -> order.apply(inputs.get(i).plain());
    }

    /** Declares a weight that was computed from several constants, under the name of input {@code i}. */
    public Supplier<Tensor> derived(int i, Tensor value) {
        return weights.declare(proto.getInput(i), proto.getOutput(0), () -> value);
    }

    /** Numbers that may be an attribute or, in later opsets, an input: null if given as neither. */
    public @Nullable Function<Inputs, long[]> longs(String attribute, int input) {
        if (attributes.containsKey(attribute)) {
            var given = ints(attribute);
            return inputs -> given;
        }
        if (!has(input)) {
            return null;
        }
        var constant = constant(input);
        var known = constant == null ? null : constant.longs();
        return inputs -> known == null ? inputs.get(input).longs() : known;
    }

    public boolean hasAttribute(String name) {
        return attributes.containsKey(name);
    }

    public Set<String> attributeNames() {
        return attributes.keySet();
    }

    public long integer(String name, long otherwise) {
        var attribute = find(name, AttributeType.INT);
        return attribute == null ? otherwise : attribute.getI();
    }

    public int axis(String name, int otherwise) {
        return Value.toInt(integer(name, otherwise));
    }

    public boolean flag(String name, boolean otherwise) {
        return integer(name, otherwise ? 1 : 0) != 0;
    }

    public double number(String name, double otherwise) {
        var attribute = find(name, AttributeType.FLOAT);
        return attribute == null ? otherwise : attribute.getF();
    }

    public String text(String name, String otherwise) {
        var attribute = find(name, AttributeType.STRING);
        return attribute == null ? otherwise : attribute.getS().toStringUtf8();
    }

    public long[] ints(String name, long... otherwise) {
        var attribute = find(name, AttributeType.INTS);
        return attribute == null ? otherwise : unboxed(attribute.getIntsList());
    }

    public @Nullable Value tensor(String name) {
        var attribute = find(name, AttributeType.TENSOR);
        return attribute == null ? null : tensors.apply(attribute.getT());
    }

    public float[] floats(String name) {
        var attribute = find(name, AttributeType.FLOATS);
        var values = new float[attribute == null ? 0 : attribute.getFloatsCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = attribute == null ? 0 : attribute.getFloats(i);
        }
        return values;
    }

    private @Nullable AttributeProto find(String name, AttributeType type) {
        var attribute = attributes.get(name);
        if (attribute == null) {
            return null;
        }
        // Files of IR version 1 do not say the type.
        if (attribute.getType() != type && attribute.getType() != AttributeType.UNDEFINED) {
            throw new IllegalArgumentException(
                    "its attribute '" + name + "' is of type " + attribute.getType() + ", not " + type);
        }
        return attribute;
    }

    private static long[] unboxed(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).toArray();
    }
}
