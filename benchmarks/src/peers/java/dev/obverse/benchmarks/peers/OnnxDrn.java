package dev.obverse.benchmarks.peers;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.obverse.benchmarks.work.DrnSize;
import dev.obverse.benchmarks.work.TraceWork;
import java.util.ArrayList;
import java.util.List;

/** The tracing part of the paper's network as an ONNX model in memory, {@code fake} to {@code traced}, NCHW. */
final class OnnxDrn {
    private static final long OPSET = 17;
    private static final long IR = 8;

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("trace");

    private OnnxDrn() {}

    static byte[] model(TraceWork work) {
        var drn = new OnnxDrn();
        var identity = drn.encoder("identityEncoder", work.width());
        var attribute = drn.encoder("attributeEncoder", work.width());
        var x = drn.block(
                "decoder.fuse", drn.concat(identity.get(3), attribute.get(3)), 16 * work.width(), 8 * work.width());
        for (int i = 1; i <= 3; i++) {
            int channels = work.width() << (3 - i);
            var up = drn.up("decoder.up" + i, x, 2 * channels, channels);
            x = drn.block(
                    "decoder.block" + i,
                    drn.concat(up, identity.get(3 - i), attribute.get(3 - i)),
                    3 * channels,
                    channels);
        }
        drn.node("Sigmoid", "traced", drn.conv("decoder.out", x, work.width(), 3));
        drn.graph.addInput(image("fake", work)).addOutput(image("traced", work));
        return ModelProto.newBuilder()
                .setIrVersion(IR)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
                .setGraph(drn.graph)
                .build()
                .toByteArray();
    }

    private List<String> encoder(String name, int width) {
        var maps = new ArrayList<String>();
        var x = "fake";
        int cin = 3;
        for (int stage = 1; stage <= 4; stage++) {
            int cout = width << (stage - 1);
            if (stage > 1) {
                x = node(
                        "MaxPool",
                        name + ".down" + stage,
                        List.of(ints("kernel_shape", 2, 2), ints("strides", 2, 2)),
                        x);
            }
            x = block(name + ".stage" + stage, x, cin, cout);
            maps.add(x);
            cin = cout;
        }
        return maps;
    }

    private String block(String name, String x, int cin, int cout) {
        var once = leaky(conv(name + ".conv1", x, cin, cout));
        return leaky(conv(name + ".conv2", once, cout, cout));
    }

    private String leaky(String x) {
        var slope = AttributeProto.newBuilder()
                .setName("alpha")
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF(0.2f)
                .build();
        return node("LeakyRelu", x + ".leaky", List.of(slope), x);
    }

    private String conv(String name, String x, int cin, int cout) {
        weight(
                name,
                permuted(DrnSize.parameter(name + ".weight", 3, 3, cin, cout), 3, cin, cout, false),
                cout,
                cin,
                3,
                3);
        bias(name, cout);
        return node("Conv", name, List.of(ints("pads", 1, 1, 1, 1)), x, name + ".weight", name + ".bias");
    }

    private String up(String name, String x, int cin, int cout) {
        weight(
                name,
                permuted(DrnSize.parameter(name + ".weight", 2, 2, cin, cout), 2, cin, cout, true),
                cin,
                cout,
                2,
                2);
        bias(name, cout);
        return node("ConvTranspose", name, List.of(ints("strides", 2, 2)), x, name + ".weight", name + ".bias");
    }

    private String concat(String... maps) {
        var axis = AttributeProto.newBuilder()
                .setName("axis")
                .setType(AttributeProto.AttributeType.INT)
                .setI(1)
                .build();
        return node("Concat", maps[0] + ".joined", List.of(axis), maps);
    }

    private String node(String type, String result, String... inputs) {
        return node(type, result, List.of(), inputs);
    }

    private String node(String type, String result, List<AttributeProto> attributes, String... inputs) {
        graph.addNode(NodeProto.newBuilder()
                .setOpType(type)
                .addAllInput(List.of(inputs))
                .addOutput(result)
                .addAllAttribute(attributes));
        return result;
    }

    private static AttributeProto ints(String name, long... values) {
        var attribute = AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        for (long value : values) {
            attribute.addInts(value);
        }
        return attribute.build();
    }

    private void bias(String name, int n) {
        tensor(name + ".bias", DrnSize.parameter(name + ".bias", n), n);
    }

    private void weight(String name, float[] values, long... extents) {
        tensor(name + ".weight", values, extents);
    }

    private void tensor(String name, float[] values, long... extents) {
        var tensor = TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT.getNumber());
        for (long extent : extents) {
            tensor.addDims(extent);
        }
        for (float value : values) {
            tensor.addFloatData(value);
        }
        graph.addInitializer(tensor);
    }

    /** From {@code [K,K,Cin,Cout]} to {@code [Cout,Cin,K,K]}, or, input first, to {@code [Cin,Cout,K,K]}. */
    private static float[] permuted(float[] w, int kernel, int cin, int cout, boolean inputFirst) {
        var result = new float[w.length];
        int taps = kernel * kernel;
        for (int tap = 0; tap < taps; tap++) {
            for (int i = 0; i < cin; i++) {
                for (int o = 0; o < cout; o++) {
                    int channels = inputFirst ? i * cout + o : o * cin + i;
                    result[channels * taps + tap] = w[(tap * cin + i) * cout + o];
                }
            }
        }
        return result;
    }

    private static ValueInfoProto image(String name, TraceWork work) {
        var shape = TensorShapeProto.newBuilder();
        for (long extent : new long[] {work.batch(), 3, work.size(), work.size()}) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(extent));
        }
        var type = TypeProto.Tensor.newBuilder()
                .setElemType(TensorProto.DataType.FLOAT.getNumber())
                .setShape(shape);
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(type))
                .build();
    }
}
