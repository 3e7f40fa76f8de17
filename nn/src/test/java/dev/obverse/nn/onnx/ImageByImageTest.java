package dev.obverse.nn.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.obverse.autograd.NoGrad;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A batch that is taken apart gives what the reference makes of it in one piece. */
class ImageByImageTest {
    private static final int CHANNELS = 16;

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("convolutions");

    private void weight(String name, int stream, int... extents) {
        var tensor = TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT.getNumber());
        var values = new float[Arrays.stream(extents).reduce(1, (a, b) -> a * b)];
        new Philox(5, stream).fillNormal(values, 0, 0.3);
        for (float value : values) {
            tensor.addFloatData(value);
        }
        for (int extent : extents) {
            tensor.addDims(extent);
        }
        graph.addInitializer(tensor);
    }

    private void node(String type, String result, List<AttributeProto> attributes, String... inputs) {
        graph.addNode(NodeProto.newBuilder()
                .setOpType(type)
                .addAllInput(List.of(inputs))
                .addOutput(result)
                .addAllAttribute(attributes));
    }

    private static AttributeProto ints(String name, long... values) {
        var attribute = AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        for (long value : values) {
            attribute.addInts(value);
        }
        return attribute.build();
    }

    private static AttributeProto groups(long groups) {
        return AttributeProto.newBuilder()
                .setName("group")
                .setType(AttributeProto.AttributeType.INT)
                .setI(groups)
                .build();
    }

    /** Four convolutions with a residual about the third, a mean, and a second output from between them. */
    private OnnxModule module() throws IOException {
        var around = ints("pads", 1, 1, 1, 1);
        weight("w1", 1, CHANNELS, 3, 3, 3);
        weight("w2", 2, CHANNELS, CHANNELS, 1, 1);
        weight("w3", 3, CHANNELS, 1, 3, 3);
        weight("w4", 4, CHANNELS, CHANNELS, 1, 1);
        weight("b4", 5, CHANNELS);
        node("Conv", "first", List.of(around), "x", "w1");
        node("Conv", "wide", List.of(), "first", "w2");
        node("Relu", "second", List.of(), "wide");
        node("Conv", "third", List.of(around, groups(CHANNELS)), "second", "w3");
        node("Conv", "narrow", List.of(), "third", "w4", "b4");
        node("Add", "fourth", List.of(), "narrow", "second");
        node("GlobalAveragePool", "mean", List.of(), "fourth");
        var floats = TypeProto.Tensor.newBuilder().setElemType(TensorProto.DataType.FLOAT.getNumber());
        graph.addInput(ValueInfoProto.newBuilder()
                .setName("x")
                .setType(TypeProto.newBuilder().setTensorType(floats)));
        graph.addOutput(ValueInfoProto.newBuilder().setName("mean"));
        graph.addOutput(ValueInfoProto.newBuilder().setName("second"));
        var content = ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(graph)
                .build()
                .toByteArray();
        return OnnxModule.read(content);
    }

    private static Tensor images(int n, int size) {
        var values = new float[n * 3 * size * size];
        new Philox(6, 1).fillNormal(values, 0, 1);
        return Tensor.of(Device.cpu(), values, Shape.of(n, 3, size, size));
    }

    @ParameterizedTest
    @CsvSource({"9,64", "3,8", "1,64", "0,8"}) // one by one; the first, then the others at once; as it is
    void resultsAreThoseOfTheWholeBatch(int n, int size) throws IOException {
        var module = module();
        var x = images(n, size);
        Map<String, Tensor> results;
        try (var _ = NoGrad.open()) {
            results = module.forward(Map.of("x", x));
        }
        module.to(Device.reference());
        var expected = module.forward(Map.of("x", x.to(Device.reference())));
        assertEquals(List.of("mean", "second"), List.copyOf(results.keySet()));
        expected.forEach((name, value) -> {
            var result = Objects.requireNonNull(results.get(name));
            assertEquals(value.shape(), result.shape());
            assertArrayEquals(value.toArray(), result.toArray(), 2e-5f, name);
        });
    }

    @Test
    void anImageHasTheSameBitsInAnyBatch() throws IOException {
        var module = module();
        var all = images(9, 64);
        var together = module.forward(all).toArray();
        var alone = module.forward(all.slice(0, 4, 5, 1)).toArray();
        assertArrayEquals(Arrays.copyOfRange(together, 4 * CHANNELS, 5 * CHANNELS), alone);
    }
}
