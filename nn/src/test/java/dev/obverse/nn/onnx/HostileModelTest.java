package dev.obverse.nn.onnx;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files made to do harm are refused in a sentence: no crash, no hang, no memory that the file does not justify. */
class HostileModelTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private static ModelProto.Builder model() {
        try {
            return ModelProto.parseFrom(Files.readAllBytes(OnnxModuleTest.file("older.onnx"))).toBuilder();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void refused(String why, Consumer<ModelProto.Builder> harm) throws IOException {
        var model = model();
        harm.accept(model);
        var file = folder.resolve("models/harm.onnx");
        Files.createDirectories(folder.resolve("models"));
        Files.write(file, model.build().toByteArray());
        var e = assertThrows(IOException.class, () -> OnnxModule.read(file));
        assertTrue(String.valueOf(e.getMessage()).contains(why), e.getMessage());
    }

    private static TensorProto.Builder tensor(int type, long... dims) {
        var tensor = TensorProto.newBuilder().setName("big").setDataType(type);
        for (long dim : dims) {
            tensor.addDims(dim);
        }
        return tensor;
    }

    private static TensorProto longs(String name, long... values) {
        var tensor = TensorProto.newBuilder().setName(name).setDataType(7).addDims(values.length);
        for (long value : values) {
            tensor.addInt64Data(value);
        }
        return tensor.build();
    }

    private static NodeProto node(String type, List<String> inputs, String output) {
        return NodeProto.newBuilder()
                .setOpType(type)
                .addAllInput(inputs)
                .addOutput(output)
                .build();
    }

    @Test
    void tensorsThatClaimMoreThanTheyHave() throws IOException {
        refused(
                "has shape [100000, 100000], which",
                m -> m.getGraphBuilder().addInitializer(tensor(1, 100_000, 100_000)));
        refused(
                "needs 8000000000 bytes",
                m -> m.getGraphBuilder()
                        .addInitializer(tensor(1, 2_000_000_000).setRawData(ByteString.copyFromUtf8("few"))));
        refused(
                "needs 2000000000 values, but has 0",
                m -> m.getGraphBuilder().addInitializer(tensor(1, 2_000_000_000)));
        refused("negative", m -> m.getGraphBuilder().addInitializer(tensor(1, -1)));
        refused("negative or has", m -> m.getGraphBuilder().addInitializer(tensor(1, Long.MAX_VALUE, 0)));
        refused("ONNX type 8", m -> m.getGraphBuilder().addInitializer(tensor(8, 1)));
    }

    @Test
    void dataOutsideOfTheFolder() throws IOException {
        Files.writeString(folder.resolve("secret"), "12345678");
        Files.createDirectories(folder.resolve("models"));
        Files.createSymbolicLink(folder.resolve("models/link"), folder.resolve("secret"));
        for (var location : List.of("../secret", folder.resolve("secret").toString(), "link", "a/../../secret", "")) {
            refused("is not in the folder", m -> m.getGraphBuilder().addInitializer(external(location, 0, 8)));
        }
        refused("does not exist", m -> m.getGraphBuilder().addInitializer(external("none", 0, 8)));
        Files.writeString(folder.resolve("models/data"), "12345678");
        refused("which has 8", m -> m.getGraphBuilder().addInitializer(external("data", 4, 8)));
        refused("which has 8", m -> m.getGraphBuilder().addInitializer(external("data", -4, 8)));
        refused("which has 8", m -> m.getGraphBuilder().addInitializer(external("data", Long.MAX_VALUE, 8)));
        refused("needs 8 bytes, but 4", m -> m.getGraphBuilder().addInitializer(external("data", 0, 4)));
    }

    @Test
    void dataInTheFolderAreRead() throws IOException {
        Files.writeString(folder.resolve("data"), "0123\0\0\200\77\0\0\0\100", StandardCharsets.ISO_8859_1);
        var model = model();
        model.getGraphBuilder().addInitializer(external("data", 4, 8));
        model.getGraphBuilder().getOutputBuilder(0).setName("big");
        var file = folder.resolve("model.onnx");
        Files.write(file, model.build().toByteArray());
        var y = OnnxModule.read(file).forward(Tensor.zeros(Device.cpu(), Shape.of(1, 3, 4, 5)));
        Assertions.assertArrayEquals(new float[] {1, 2}, y.toArray());
    }

    private static TensorProto external(String location, long offset, long length) {
        return tensor(1, 2)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", location))
                .addExternalData(entry("offset", String.valueOf(offset)))
                .addExternalData(entry("length", String.valueOf(length)))
                .build();
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    @Test
    void graphsThatAreNone() throws IOException {
        refused("has a cycle", m -> m.getGraphBuilder().getNodeBuilder(0).setInput(0, "y"));
        refused("which is no input", m -> m.getGraphBuilder().getNodeBuilder(1).setInput(0, "nowhere"));
        refused(
                "which is no input",
                m -> m.getGraphBuilder().getOutputBuilder(0).setName("nowhere"));
        refused("there is already", m -> m.getGraphBuilder().getNodeBuilder(1).setOutput(0, "p"));
        refused("has no output", m -> m.getGraphBuilder().clearOutput());
        refused("does not say which opset", ModelProto.Builder::clearOpsetImport);
        refused("opset 99 is not supported", m -> m.getOpsetImportBuilder(0).setVersion(99));
        refused(
                "the domain 'com.evil'",
                m -> m.getGraphBuilder().getNodeBuilder(0).setDomain("com.evil"));
        refused("are missing", m -> m.getGraphBuilder().getNodeBuilder(0).clearAttribute());
    }

    @Test
    void constantsThatGrow() throws IOException {
        // Each step copies a thousand numbers in a few bytes.
        refused("many times as much memory", m -> {
            var graph = m.getGraphBuilder().addInitializer(longs("g0", new long[1000]));
            for (int i = 0; i < 4000; i++) {
                graph.addNode(node("Identity", List.of("g" + i), "g" + (i + 1)));
            }
        });
        // A few bytes ask for a terabyte: not computed while reading, refused when run.
        for (var type : List.of("ConstantOfShape", "Range", "Expand", "Tile")) {
            var model = model();
            var graph = model.getGraphBuilder();
            graph.clearNode()
                    .addInitializer(longs("shape", 1_000_000, 1_000_000))
                    .addInitializer(longs("one", 1))
                    .addInitializer(longs("pair", 1, 1).toBuilder()
                            .clearDims()
                            .addDims(1)
                            .addDims(2))
                    .addInitializer(longs("end", 1L << 30));
            var inputs = switch (type) {
                case "Range" -> List.of("one", "end", "one");
                case "ConstantOfShape" -> List.of("shape");
                default -> List.of(type.equals("Tile") ? "pair" : "one", "shape");
            };
            graph.addNode(node(type, inputs, "y"));
            refusedWhenRun(model);
        }
    }

    private static void refusedWhenRun(ModelProto.Builder model) throws IOException {
        var module = OnnxModule.read(model.build().toByteArray());
        var x = Tensor.zeros(Device.cpu(), Shape.of(1, 3, 4, 5));
        var e = assertThrows(IllegalArgumentException.class, () -> module.forward(x));
        assertTrue(String.valueOf(e.getMessage()).contains("allowed here"), e.getMessage());
    }

    @Test
    void windowsThatReachFar() throws IOException {
        for (long size : new long[] {0, -1, 1L << 40, Integer.MAX_VALUE}) {
            refused(
                    "its attribute 'kernel_shape'",
                    m -> m.getGraphBuilder()
                            .getNodeBuilder(2)
                            .setOpType("MaxPool")
                            .clearAttribute()
                            .addAttribute(AttributeProto.newBuilder()
                                    .setName("kernel_shape")
                                    .setType(AttributeType.INTS)
                                    .addInts(size)
                                    .addInts(1)));
        }
    }

    /** Whatever bytes of a good file are changed: it is read or refused, and what was read runs or says why not. */
    @Property(tries = 500)
    void damagedFilesAreReadOrRefused(
            @ForAll @IntRange(max = Integer.MAX_VALUE - 1) int seed, @ForAll @IntRange(min = 1, max = 8) int changes)
            throws IOException {
        var names = List.of("recogniser.onnx", "older.onnx", "decoder.onnx");
        var content = Files.readAllBytes(OnnxModuleTest.file(names.get(seed % 3)));
        var random = new Philox(seed);
        for (int i = 0; i < changes; i++) {
            content[random.nextInt(content.length)] = (byte) random.nextInt(256);
        }
        try {
            var module = OnnxModule.read(content);
            var extents = module.inputs().getFirst().extents().stream()
                    .mapToInt(e -> e < 0 ? 1 : Math.min(e, 16))
                    .toArray();
            module.forward(Tensor.zeros(Device.cpu(), Shape.of(extents)));
        } catch (IOException | IllegalArgumentException e) {
            assertTrue(e.getMessage() != null && !e.getMessage().isBlank());
        }
    }
}
