package dev.obverse.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.obverse.nn.Layer;
import dev.obverse.nn.init.Init;
import dev.obverse.nn.layer.BatchNorm;
import dev.obverse.nn.layer.Conv2d;
import dev.obverse.nn.layer.ConvTranspose2d;
import dev.obverse.nn.layer.Embedding;
import dev.obverse.nn.layer.Flatten;
import dev.obverse.nn.layer.GroupNorm;
import dev.obverse.nn.layer.LayerNorm;
import dev.obverse.nn.layer.Linear;
import dev.obverse.nn.layer.ReLU;
import dev.obverse.nn.layer.Sequential;
import dev.obverse.random.Philox;
import dev.obverse.tensor.ConvOptions;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The weight files of other libraries' tests, and the results that PyTorch printed for them. */
class UpstreamWeightsTest {
    private static final Philox RANDOM = new Philox(1);
    private static final ConvOptions PLAIN = ConvOptions.DEFAULT;
    private final Set<String> reproduced = new LinkedHashSet<>();

    private static Path data() {
        var data = System.getProperty("obverse.data");
        assumeTrue(data != null, "skipped: needs -Dobverse.data=DIR with torch/EXPECTED_from_upstream_tests.json");
        return Path.of(Objects.requireNonNull(data), "torch");
    }

    private static Layer conv(int in, int out, int kh, int kw, int pad, int groups, boolean bias) {
        var options = PLAIN.padding(pad).groups(groups);
        return new Conv2d(in, out, kh, kw, options, bias, 1, Init.kaimingNormal(1), RANDOM);
    }

    private static Layer transposed(int kh, boolean bias) {
        return new ConvTranspose2d(2, 2, kh, 2, PLAIN, 0, bias, Init.kaimingNormal(1), RANDOM);
    }

    @Test
    void everyExpectedValueIsReproduced() throws IOException {
        var expected = new JsonMapper()
                .readTree(data().resolve("EXPECTED_from_upstream_tests.json").toFile());
        var c = expected.path("pytorch-tests/conv2d");
        check(
                c,
                0,
                "conv2d/conv2d.pt",
                new Sequential().add("conv1", conv(2, 2, 2, 2, 0, 1, true)).add("conv2", conv(2, 2, 2, 2, 0, 1, false)),
                n -> n);
        check(
                expected.path("pytorch-tests/key_remap"),
                0,
                "key_remap/key_remap.pt",
                new Sequential().add("conv1", conv(2, 2, 2, 2, 0, 1, true)).add("conv2", conv(2, 2, 2, 2, 0, 1, false)),
                n -> n.replaceFirst("^conv\\.", ""));
        check(
                expected.path("pytorch-tests/conv1d"),
                0,
                "conv1d/conv1d.pt",
                new Sequential().add("conv1", conv(2, 2, 1, 2, 0, 1, true)).add("conv2", conv(2, 2, 1, 2, 0, 1, false)),
                n -> n);
        check(
                expected.path("pytorch-tests/conv_transpose1d"),
                0,
                "conv_transpose1d/conv_transpose1d.pt",
                new Sequential().add("conv1", transposed(1, true)).add("conv2", transposed(1, false)),
                n -> n);
        check(
                expected.path("pytorch-tests/conv_transpose2d"),
                0,
                "conv_transpose2d/conv_transpose2d.pt",
                new Sequential().add("conv1", transposed(2, true)).add("conv2", transposed(2, false)),
                n -> n);
        var deep = new Sequential();
        for (int i = 0; i < 5; i++) {
            deep.add(String.valueOf(i), conv(2, 2, 3, 3, 1, 1, true)).add("relu" + i, new ReLU());
        }
        check(
                expected.path("pytorch-tests/non_contiguous_indexes"),
                0,
                "non_contiguous_indexes/non_contiguous_indexes.pt",
                deep,
                UpstreamWeightsTest::halved);
        var modes = expected.path("pytorch-tests/enum_module");
        check(
                modes,
                0,
                "enum_module/enum_depthwise_false.pt",
                new Sequential().add("conv", conv(2, 2, 3, 3, 0, 1, true)),
                n -> n);
        check(
                modes,
                2,
                "enum_module/enum_depthwise_true.pt",
                new Sequential().add("dconv", conv(2, 2, 3, 3, 0, 2, true)).add("pconv", conv(2, 2, 1, 1, 0, 1, true)),
                n -> n.replaceFirst("^conv\\.", ""));
        var linear = expected.path("pytorch-tests/linear");
        check(
                linear,
                0,
                "linear/linear.pt",
                new Sequential()
                        .add("fc1", new Linear(2, 3, RANDOM))
                        .add("relu", new ReLU())
                        .add("fc2", new Linear(3, 4, false, Init.kaimingNormal(1), RANDOM)),
                n -> n);
        check(linear, 2, "linear/linear_with_bias.pt", new Sequential().add("fc1", new Linear(2, 3, RANDOM)), n -> n);
        check(
                expected.path("pytorch-tests/group_norm"),
                0,
                "group_norm/group_norm.pt",
                new Sequential().add("norm1", new GroupNorm(2, 6)),
                n -> n);
        check(
                expected.path("pytorch-tests/layer_norm"),
                0,
                "layer_norm/layer_norm.pt",
                new Sequential().add("norm1", new LayerNorm(2)),
                n -> n);
        check(
                expected.path("pytorch-tests/key_remap_chained"),
                0,
                "key_remap_chained/key_remap.pt",
                new Sequential()
                        .add("conv", conv(3, 6, 3, 3, 0, 1, false))
                        .add("bn", new BatchNorm(6))
                        .add(
                                "layer",
                                new Sequential()
                                        .add("00", conv(6, 6, 1, 1, 0, 1, false))
                                        .add("01", new BatchNorm(6))
                                        .add("10", conv(6, 6, 1, 1, 0, 1, false))
                                        .add("11", new BatchNorm(6))),
                n -> n.replaceAll("(\\d)\\.block\\.(\\d)", "$1$2"));
        batchNorm(expected.path("pytorch-tests/batch_norm"));
        embedding(expected.path("pytorch-tests/embedding"));
        safetensors(expected.path("safetensors-tests/multi_layer"));
        int values = 0;
        for (var model : expected) {
            for (var entry : model) {
                values += entry.path("name").asText().equals("expected") ? 1 : 0;
            }
        }
        assertEquals(values, reproduced.size(), "every expected value is reproduced: " + reproduced);
    }

    private static String halved(String name) {
        var parts = name.split("\\.");
        return Integer.parseInt(parts[1]) / 2 + "." + parts[2];
    }

    /** Runs a network on images {@code [N,C,..]} unless its last axis holds the features. */
    private void check(JsonNode node, int at, String file, Layer net, UnaryOperator<String> rename) throws IOException {
        WeightImport.of(PyTorchFile.read(data().resolve("pytorch-tests").resolve(file)))
                .rename(rename)
                .into(net);
        net.eval();
        var x = tensor(node.get(at).path("data"));
        boolean features = file.startsWith("linear") || file.startsWith("layer_norm");
        boolean row = x.rank() == 3;
        var image = row ? x.reshape(x.dim(0), x.dim(1), 1, x.dim(2)) : x;
        var y = features
                ? net.forward(x)
                : net.forward(image.permute(0, 2, 3, 1)).permute(0, 3, 1, 2);
        assertClose(file, node.get(at + 1), row ? y.reshape(y.dim(0), y.dim(1), y.dim(3)) : y);
    }

    private void batchNorm(JsonNode node) throws IOException {
        var net = new Sequential().add("norm1", new BatchNorm(5));
        WeightImport.of(PyTorchFile.read(data().resolve("pytorch-tests/batch_norm/batch_norm2d.pt")))
                .into(net);
        net.eval();
        var y = net.forward(Tensor.full(Device.cpu(), 0.7, Shape.of(1, 2, 2, 5)));
        assertClose("batch_norm", node.get(0), y.permute(0, 3, 1, 2));
    }

    private void embedding(JsonNode node) throws IOException {
        var embed = new Embedding(10, 3, RANDOM);
        WeightImport.of(PyTorchFile.read(data().resolve("pytorch-tests/embedding/embedding.pt")))
                .prefix("embed.")
                .into(embed);
        var indices = tensor(node.get(0).path("data"));
        var picked = new int[indices.size()];
        for (int i = 0; i < picked.length; i++) {
            picked[i] = (int) indices.toArray()[i];
        }
        assertClose("embedding", node.get(1), embed.forward(picked).reshape(2, 4, 3));
    }

    private void safetensors(JsonNode node) throws IOException {
        var net = new Sequential()
                .add("conv1", conv(3, 4, 3, 3, 1, 1, true))
                .add("norm1", new BatchNorm(4))
                .add("relu", new ReLU())
                .add("flatten", new Flatten())
                .add("fc1", new Linear(256, 16, RANDOM));
        try (var file = SafeTensors.open(data().resolve("safetensors-tests/multi_layer/multi_layer.safetensors"))) {
            WeightImport.of(file).flattened("fc1.weight", 4, 8, 8).into(net);
        }
        net.eval();
        assertClose("multi_layer", node.get(0), net.forward(Tensor.full(Device.cpu(), 1, Shape.of(1, 8, 8, 3))));
    }

    private void assertClose(String what, JsonNode node, Tensor actual) {
        assertEquals("expected", node.path("name").asText());
        var expected = tensor(node.path("data"));
        assertEquals(expected.shape(), actual.shape(), what);
        var want = expected.toArray();
        var got = actual.toArray();
        for (int i = 0; i < want.length; i++) {
            assertEquals(want[i], got[i], 1e-6, what + " at " + i);
        }
        reproduced.add(what);
    }

    private static Tensor tensor(JsonNode data) {
        var extents = new ArrayList<Integer>();
        for (var at = data; at.isArray(); at = at.get(0)) {
            extents.add(at.size());
        }
        var values = new ArrayList<Float>();
        flatten(data, values);
        var array = new float[values.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = values.get(i);
        }
        return Tensor.of(array, extents.stream().mapToInt(e -> e).toArray());
    }

    private static void flatten(JsonNode node, List<Float> values) {
        if (node.isArray()) {
            node.forEach(child -> flatten(child, values));
        } else {
            values.add(node.floatValue());
        }
    }

    @Test
    void everyFileIsReadAndTheBrokenOneRefused() throws IOException {
        List<Path> files;
        try (var walk = Files.walk(data())) {
            files = walk.filter(f -> f.toString().endsWith(".pt")).sorted().toList();
        }
        for (var file : files) {
            if (file.endsWith("broken.pt")) {
                var e = assertThrows(IOException.class, () -> PyTorchFile.read(file));
                assertTrue(String.valueOf(e.getMessage()).contains("broken.pt is not a valid PyTorch file: "));
            } else {
                var tensors = PyTorchFile.read(file).tensors();
                assertTrue(!tensors.isEmpty(), file + " has tensors");
                tensors.values().forEach(StoredTensor::values);
            }
        }
        assertEquals(54, files.size());
        assertEquals(2, Npy.readAll(data().resolve("candle_test.npz")).size());
    }
}
