package dev.obverse.nn.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.obverse.nn.onnx.op.Value;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The operator tests of the ONNX project, with its own tolerance. */
class ConformanceTest {
    /** What {@code onnx.backend.test} compares with. */
    private static final double RELATIVE = 1e-3;

    private static final double ABSOLUTE = 1e-7;

    /** Their expected results contradict the operator's definition; ONNX Runtime fails them too. */
    private static final Set<String> WRONG = Set.of(
            "test_resize_downsample_scales_cubic_align_corners", "test_resize_downsample_scales_linear_align_corners");

    /** Known and not supported: the reason that a user is given, and how many tests. */
    private static final Map<String, Integer> REFUSED = Map.of(
            "BatchNormalization: it is in training mode; export the model for inference", 2,
            "MaxPool: its second output, the indices of the maxima, is not supported", 2);

    @Test
    void agreesWithTheConformanceTests() throws IOException {
        var data = System.getProperty("obverse.data");
        assumeTrue(data != null, "skipped: needs -Dobverse.data=DIR with onnx/onnx-conformance.tar.gz");
        var files = Archive.read(Path.of(Objects.requireNonNull(data), "onnx", "onnx-conformance.tar.gz"));
        var refused = new TreeMap<String, List<String>>();
        var failed = new TreeMap<String, String>();
        int passed = 0;
        for (var path : files.keySet()) {
            if (!path.endsWith("/model.onnx")) {
                continue;
            }
            var test = path.substring(0, path.length() - "/model.onnx".length());
            if (WRONG.contains(test.substring(test.lastIndexOf('/') + 1))) {
                continue;
            }
            OnnxModule module;
            try {
                module = OnnxModule.read(Objects.requireNonNull(files.get(path)));
            } catch (IOException e) {
                refused.computeIfAbsent(reason(e), _ -> new ArrayList<>()).add(test);
                continue;
            }
            try {
                var difference = difference(module, files, test);
                if (difference.isEmpty()) {
                    passed++;
                } else {
                    failed.put(test, difference);
                }
            } catch (RuntimeException | IOException e) {
                failed.put(test, e.toString());
            }
        }
        assertEquals(Map.of(), failed);
        var counts = new TreeMap<String, Integer>();
        refused.forEach((why, tests) -> counts.put(why, tests.size()));
        assertEquals(new TreeMap<>(REFUSED), counts, refused.toString());
        assertEquals(582, passed);
    }

    private static String reason(IOException e) {
        var message = String.valueOf(e.getMessage());
        return message.replaceAll("^This content: node .* \\((\\w+), opset \\d+\\)", "$1");
    }

    private static String difference(OnnxModule module, Map<String, byte[]> files, String test) throws IOException {
        var inputs = new LinkedHashMap<String, Tensor>();
        for (int i = 0; i < module.inputs().size(); i++) {
            inputs.put(
                    module.inputs().get(i).name(),
                    tensor(files, test, "input_" + i).stored());
        }
        SequencedMap<String, Tensor> outputs = module.forward(inputs);
        int i = 0;
        for (var output : outputs.values()) {
            var expected = tensor(files, test, "output_" + i++);
            if (!output.shape().equals(expected.shape())) {
                return "shape " + output.shape() + " instead of " + expected.shape();
            }
            var got = output.toDoubleArray();
            var want = expected.doubles();
            for (int j = 0; j < got.length; j++) {
                boolean same = got[j] == want[j] || (Double.isNaN(got[j]) && Double.isNaN(want[j]));
                if (!same && !(Math.abs(got[j] - want[j]) <= ABSOLUTE + RELATIVE * Math.abs(want[j]))) {
                    return "element " + j + " is " + got[j] + " instead of " + want[j];
                }
            }
        }
        return "";
    }

    private static Value tensor(Map<String, byte[]> files, String test, String name) throws IOException {
        var content = files.get(test + "/test_data_set_0/" + name + ".pb");
        return new TensorReader(null).read(TensorProto.parseFrom(Objects.requireNonNull(content, test + name)));
    }
}
