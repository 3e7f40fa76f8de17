package dev.obverse.benchmarks.work;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An ONNX model, node by node, in memory. */
public final class OnnxGraph {
    private static final long OPSET = 17;
    private static final long IR = 8;

    private final GraphProto.Builder graph;

    public OnnxGraph(String name) {
        graph = GraphProto.newBuilder().setName(name);
    }

    /**
     * Takes pictures, {@code [N,3,size,size]}.
     *
     * @param batch how many; null for as many as there are
     */
    public void input(String name, @Nullable Integer batch, int size) {
        var shape = TensorShapeProto.newBuilder();
        shape.addDim(
                batch == null ? dimension().setDimParam("batch") : dimension().setDimValue(batch));
        for (int extent : new int[] {3, size, size}) {
            shape.addDim(dimension().setDimValue(extent));
        }
        var type = TypeProto.Tensor.newBuilder()
                .setElemType(TensorProto.DataType.FLOAT.getNumber())
                .setShape(shape);
        graph.addInput(ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(type)));
    }

    private static TensorShapeProto.Dimension.Builder dimension() {
        return TensorShapeProto.Dimension.newBuilder();
    }

    /** Gives a node's result. */
    public void output(String name) {
        graph.addOutput(ValueInfoProto.newBuilder().setName(name));
    }

    /** A weight. */
    public void tensor(String name, float[] values, int... extents) {
        var bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        var tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .setRawData(ByteString.copyFrom(bytes));
        for (int extent : extents) {
            tensor.addDims(extent);
        }
        graph.addInitializer(tensor);
    }

    /** A node with one result, whose name is returned. */
    public String node(String type, String result, List<AttributeProto> attributes, String... inputs) {
        graph.addNode(NodeProto.newBuilder()
                .setOpType(type)
                .addAllInput(List.of(inputs))
                .addOutput(result)
                .addAllAttribute(attributes));
        return result;
    }

    public static AttributeProto number(String name, float value) {
        return attribute(name, AttributeProto.AttributeType.FLOAT).setF(value).build();
    }

    public static AttributeProto integer(String name, long value) {
        return attribute(name, AttributeProto.AttributeType.INT).setI(value).build();
    }

    public static AttributeProto integers(String name, long... values) {
        var attribute = attribute(name, AttributeProto.AttributeType.INTS);
        for (long value : values) {
            attribute.addInts(value);
        }
        return attribute.build();
    }

    private static AttributeProto.Builder attribute(String name, AttributeProto.AttributeType type) {
        return AttributeProto.newBuilder().setName(name).setType(type);
    }

    /** As a file would have it. */
    public byte[] model() {
        return ModelProto.newBuilder()
                .setIrVersion(IR)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
                .setGraph(graph)
                .build()
                .toByteArray();
    }
}
