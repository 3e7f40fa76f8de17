package dev.obverse.nn.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.obverse.nn.checkpoint.Npy;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Trained networks, against what ONNX Runtime makes of the same inputs. */
class RealModelsTest {
    private static Path data(String folder) {
        var data = System.getProperty("obverse.data");
        assumeTrue(data != null, "skipped: needs -Dobverse.data=DIR with " + folder + "/*.onnx");
        return Path.of(Objects.requireNonNull(data), folder);
    }

    private static Tensor tensor(Path file) throws IOException {
        var array = Npy.read(file);
        return Tensor.of(Device.cpu(), array.floats(), array.shape());
    }

    private static void assertClose(Path expected, Tensor actual) throws IOException {
        var want = Npy.read(expected);
        assertEquals(want.shape(), actual.shape());
        var got = actual.toArray();
        double worst = 0;
        for (int i = 0; i < got.length; i++) {
            worst = Math.max(worst, Math.abs(got[i] - want.values()[i]));
        }
        assertTrue(worst <= 1e-4, expected.getFileName() + " differs by " + worst);
    }

    @Test
    void mobileFaceNetGivesItsEmbeddings() throws IOException {
        var folder = data("recogniser");
        var net = OnnxModule.read(folder.resolve("mobilefacenet.onnx"));
        var input = tensor(folder.resolve("input_first4.npy"));
        assertClose(folder.resolve("embeddings_first4.npy"), net.forward(input));
        assertClose(folder.resolve("embeddings_first4.npy"), net.forwardImages(input.permute(0, 2, 3, 1)));
    }

    @Test
    void mobileFaceNetsInputHasAGradient() throws IOException {
        var folder = data("recogniser");
        var net = OnnxModule.read(folder.resolve("mobilefacenet.onnx"));
        var face = tensor(folder.resolve("input_first4.npy")).slice(0, 0, 1);
        try (var scope = TensorScope.open()) {
            var x = scope.keep(face.detach()).requiresGrad(true);
            net.forward(x).square().sum().backward();
            var gradient = Objects.requireNonNull(x.grad()).toArray();
            // The derivative along the gradient itself, by central differences.
            double length = 0;
            for (float g : gradient) {
                length += (double) g * g;
            }
            var direction = Tensor.of(Device.cpu(), gradient, x.shape()).mul(1 / Math.sqrt(length));
            double step = 1e-2;
            double up = net.forward(x.detach().add(direction.mul(step)))
                    .square()
                    .sum()
                    .item();
            double down = net.forward(x.detach().sub(direction.mul(step)))
                    .square()
                    .sum()
                    .item();
            assertEquals(Math.sqrt(length), (up - down) / (2 * step), 0.01 * Math.sqrt(length));
        }
    }

    @Test
    void detectorsGiveTheirScoresAndBoxes() throws IOException {
        var folder = data("detector");
        var input = tensor(folder.resolve("input_13jpg_1x3x240x320.npy"));
        for (var name : new String[] {"version-RFB-320_simplified", "version-RFB-320_without_postprocessing"}) {
            var net = OnnxModule.read(folder.resolve(name + ".onnx"));
            var results = net.forward(Map.of("input", input));
            for (var output : new String[] {"scores", "boxes"}) {
                assertClose(folder.resolve(name + "_" + output + ".npy"), Objects.requireNonNull(results.get(output)));
            }
        }
        // The third has no reference outputs; it is the slimmer network with postprocessing in the graph.
        var slim = OnnxModule.read(folder.resolve("version-slim-320.onnx"));
        var scores = Objects.requireNonNull(slim.forward(Map.of("input", input)).get("scores"));
        assertEquals("[1,4420,2]", scores.shape().toString());
        for (double sum : scores.sum(2).toDoubleArray()) {
            assertEquals(1, sum, 1e-5);
        }
    }
}
