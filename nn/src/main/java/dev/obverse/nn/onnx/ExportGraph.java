package dev.obverse.nn.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** A graph that is being written: its nodes, its weights, and where each tensor of the module is in it. */
final class ExportGraph {
    static final int OPSET = 18;
    private static final int FLOAT = 1;
    private static final int INT64 = 7;

    /**
     * A tensor of the module in the graph.
     *
     * @param shape as the module sees it, channels last
     * @param channelsFirst whether the graph has it as {@code [N,C,..]}
     */
    record Placed(String name, Shape shape, boolean channelsFirst) {
        int rank() {
            return shape.rank();
        }

        /** The axis of the graph's tensor that is axis {@code axis} of the module's. */
        int axis(int axis) {
            int at = shape.axis(axis);
            return !channelsFirst || at == 0 ? at : at == rank() - 1 ? 1 : at + 1;
        }
    }

    private final GraphProto.Builder graph = GraphProto.newBuilder();
    private final IdentityHashMap<Tensor, Placed> placed = new IdentityHashMap<>();
    private final IdentityHashMap<Tensor, String> names = new IdentityHashMap<>();
    private final Map<String, Placed> turned = new HashMap<>();
    private final Map<String, String> constants = new HashMap<>();
    private final int batch;
    private int counter;

    /**
     * An empty graph.
     *
     * @param names of the module's weights
     * @param batch that the module is traced with
     */
    ExportGraph(Map<String, Tensor> names, int batch) {
        names.forEach((name, tensor) -> this.names.put(tensor, name));
        this.batch = batch;
    }

    int batch() {
        return batch;
    }

    void input(String name, Tensor x) {
        boolean first = x.rank() >= 3;
        graph.addInput(info(name, first ? channelsFirst(x.shape()) : x.shape()));
        placed.put(x, new Placed(name, x.shape(), first));
    }

    /** Whether a tensor is computed from the graph's input. */
    boolean has(Tensor x) {
        return placed.containsKey(x);
    }

    Placed get(Tensor x) {
        var found = placed.get(x);
        if (found == null) {
            throw new IllegalArgumentException("An operand of shape " + x.shape()
                    + " does not depend on the input, and a constant is not supported in its place");
        }
        return found;
    }

    void put(Tensor x, Placed value) {
        placed.put(x, value);
    }

    /** The same in the module's own order. */
    Placed channelsLast(Placed x) {
        if (!x.channelsFirst) {
            return x;
        }
        int rank = x.rank();
        return turned.computeIfAbsent(x.name + " last", _ -> {
            long[] perm = IntStream.range(0, rank)
                    .mapToLong(i -> i == 0 ? 0 : i == rank - 1 ? 1 : i + 1)
                    .toArray();
            return new Placed(node("Transpose", List.of(x.name), ints("perm", perm)), x.shape, false);
        });
    }

    /** The same as {@code [N,C,..]}. */
    Placed channelsFirst(Placed x) {
        if (x.channelsFirst) {
            return x;
        }
        return turned.computeIfAbsent(
                x.name + " first",
                _ -> new Placed(node("Transpose", List.of(x.name), ints("perm", toFirst(x.rank()))), x.shape, true));
    }

    private static long[] toFirst(int rank) {
        return IntStream.range(0, rank)
                .mapToLong(i -> i == 0 ? 0 : i == 1 ? rank - 1 : i - 1)
                .toArray();
    }

    private static Shape channelsFirst(Shape shape) {
        var extents = shape.toArray();
        var order = toFirst(extents.length);
        return Shape.of(IntStream.range(0, extents.length)
                .map(i -> extents[(int) order[i]])
                .toArray());
    }

    /** Adds a node with one output; gives the output's name. */
    String node(String type, List<String> inputs, AttributeProto... attributes) {
        var name = type.toLowerCase(Locale.ROOT) + "_" + counter++;
        graph.addNode(NodeProto.newBuilder()
                .setOpType(type)
                .setName(name)
                .addAllInput(inputs)
                .addOutput(name)
                .addAllAttribute(List.of(attributes)));
        return name;
    }

    /** A weight in another order of elements; each is written once. */
    String weight(Tensor value, String order, UnaryOperator<Tensor> change) {
        var own = names.get(value);
        var name = own == null ? "constant_" + counter++ : own;
        if (own == null) {
            names.put(value, name);
        }
        return constants.computeIfAbsent(name + "\n" + order, _ -> {
            var free = constants.containsValue(name) ? name + "_" + counter++ : name;
            var tensor = change.apply(value.detach());
            var values = tensor.toArray();
            var bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            var proto =
                    TensorProto.newBuilder().setName(free).setDataType(FLOAT).setRawData(ByteString.copyFrom(bytes));
            for (int extent : tensor.shape().toArray()) {
                proto.addDims(extent);
            }
            graph.addInitializer(proto);
            return free;
        });
    }

    String number(double value) {
        return constants.computeIfAbsent("number " + value, _ -> {
            var name = "number_" + counter++;
            graph.addInitializer(
                    TensorProto.newBuilder().setName(name).setDataType(FLOAT).addFloatData((float) value));
            return name;
        });
    }

    String whole(long... values) {
        return constants.computeIfAbsent("whole " + Arrays.toString(values), _ -> {
            var name = "whole_" + counter++;
            var proto =
                    TensorProto.newBuilder().setName(name).setDataType(INT64).addDims(values.length);
            for (long value : values) {
                proto.addInt64Data(value);
            }
            graph.addInitializer(proto);
            return name;
        });
    }

    static AttributeProto ints(String name, long... values) {
        var attribute = AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
        for (long value : values) {
            attribute.addInts(value);
        }
        return attribute.build();
    }

    static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.INT)
                .setI(value)
                .build();
    }

    static AttributeProto number(String name, double value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.FLOAT)
                .setF((float) value)
                .build();
    }

    static AttributeProto text(String name, String value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value))
                .build();
    }

    private static ValueInfoProto info(String name, Shape shape) {
        var dims = TensorShapeProto.newBuilder();
        for (int i = 0; i < shape.rank(); i++) {
            if (i == 0) {
                dims.addDimBuilder().setDimParam("batch");
            } else {
                dims.addDimBuilder().setDimValue(shape.dim(i));
            }
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(
                                TypeProto.Tensor.newBuilder().setElemType(FLOAT).setShape(dims)))
                .build();
    }

    /** The finished model, whose output is {@code y}. */
    ModelProto model(String name, String output, Tensor y, Map<String, String> facts) {
        var result = y.rank() >= 3 ? channelsFirst(get(y)) : get(y);
        graph.setName(name);
        graph.addNode(NodeProto.newBuilder()
                .setOpType("Identity")
                .setName(output)
                .addInput(result.name)
                .addOutput(output));
        graph.addOutput(info(output, result.channelsFirst ? channelsFirst(y.shape()) : y.shape()));
        var model = ModelProto.newBuilder()
                .setIrVersion(8)
                .setProducerName("Obverse")
                .setGraph(graph)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET));
        facts.forEach((key, value) -> model.addMetadataProps(
                StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return model.build();
    }
}
