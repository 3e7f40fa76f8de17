package dev.obverse.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the file says, read. */
class SafeTensorsTest {
    @TempDir
    Path folder = Path.of("");

    private static Path data() {
        var data = System.getProperty("obverse.data");
        assumeTrue(data != null, "skipped: needs -Dobverse.data=DIR with torch/*.safetensors");
        return Path.of(Objects.requireNonNull(data), "torch");
    }

    @Test
    void readsWhatTheSafetensorsLibraryWrote() throws Exception {
        try (var file = SafeTensors.open(SafeTensorsFiles.golden())) {
            assertEquals("Gesicht, лицо, 顔", file.metadata().get("text"));
            assertEquals(7, file.entries().size());
            assertArrayEquals(new float[] {1.5f, -2, 65504, Float.POSITIVE_INFINITY, 0x1p-24f, 0}, file.read("half"));
            assertArrayEquals(new float[] {1.5f, -0.1f, 3e38f, Float.MIN_VALUE}, file.read("float"));
            assertArrayEquals(new float[] {0.1f, Float.POSITIVE_INFINITY}, file.read("double"));
            // 1e38 is 0x7E967699 as a float, of which bfloat16 keeps the upper half.
            assertArrayEquals(new float[] {1, -3.140625f, Float.intBitsToFloat(0x7E960000)}, file.read("brain"));
            assertEquals(7, file.tensor("scalar", Device.cpu()).item());
            assertEquals(Shape.of(), file.tensor("scalar", Device.cpu()).shape());
            assertEquals(Shape.of(0, 5), file.tensor("empty", Device.cpu()).shape());
            assertEquals(Shape.of(2, 1, 2), file.tensor("float", Device.cpu()).shape());
            var error = assertThrows(IOException.class, () -> file.read("steps"));
            assertEquals(
                    SafeTensorsFiles.golden()
                            + ": tensor 'steps' has elements of type I64, but only F16, BF16, F32 and F64 can be read "
                            + "as a tensor",
                    error.getMessage());
            assertThrows(IllegalArgumentException.class, () -> file.read("nothing"));
        }
    }

    @Test
    void everyHalfIsDecodedAsTheFormulaSays() {
        var bytes = ByteBuffer.allocate(2 << 16).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 1 << 16; i++) {
            bytes.putShort(2 * i, (short) i);
        }
        var halves = new float[1 << 16];
        DType.F16.decode(bytes, halves, 0, halves.length);
        var brains = new float[1 << 16];
        DType.BF16.decode(bytes, brains, 0, brains.length);
        for (int i = 0; i < 1 << 16; i++) {
            assertEquals(ieee(i, 5, 10), halves[i], "F16 " + i);
            assertEquals(ieee(i, 8, 7), brains[i], "BF16 " + i);
        }
    }

    /** The value of a 16-bit IEEE 754 number, by definition. */
    private static float ieee(int bits, int exponentBits, int fractionBits) {
        int exponent = (bits >> fractionBits) & ((1 << exponentBits) - 1);
        double fraction = (bits & ((1 << fractionBits) - 1)) / (double) (1 << fractionBits);
        int bias = (1 << (exponentBits - 1)) - 1;
        double magnitude;
        if (exponent == (1 << exponentBits) - 1) {
            magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
        } else if (exponent == 0) {
            magnitude = fraction * Math.pow(2, 1 - bias);
        } else {
            magnitude = (1 + fraction) * Math.pow(2, exponent - bias);
        }
        return (float) ((bits & 0x8000) == 0 ? magnitude : -magnitude);
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        var missing = folder.resolve("none.safetensors");
        var error = assertThrows(IOException.class, () -> SafeTensors.open(missing));
        assertEquals(missing + " does not exist", error.getMessage());
        assertEquals(
                folder + " is not a file",
                assertThrows(IOException.class, () -> SafeTensors.open(folder)).getMessage());
    }

    /** A small PyTorch network's weights, and what PyTorch gave for an image of ones. */
    @Test
    void pytorchWeightsGivePytorchsAnswer() throws IOException {
        var folder = data();
        var expected = new ObjectMapper()
                .readTree(folder.resolve("EXPECTED_from_upstream_tests.json").toFile())
                .at("/safetensors-tests~1multi_layer/0/data/0");
        try (var file = SafeTensors.open(folder.resolve("safetensors-tests/multi_layer/multi_layer.safetensors"))) {
            assertEquals(Shape.of(4, 3, 3, 3), file.entry("conv1.weight").shape());
            var answer = multiLayer(file);
            assertEquals(16, expected.size());
            for (int i = 0; i < answer.length; i++) {
                assertEquals(expected.get(i).doubleValue(), answer[i], 1e-6);
            }
        }
    }

    /** conv 3x3 pad 1 (PyTorch's OIHW), batch norm with running statistics, ReLU, flatten (CHW), fully connected. */
    private static double[] multiLayer(SafeTensors file) throws IOException {
        var weight = file.read("conv1.weight");
        var maps = new double[4 * 64];
        for (int i = 0; i < maps.length; i++) {
            int o = i / 64;
            double sum = file.read("conv1.bias")[o];
            for (int k = 0; k < 27; k++) {
                int y = i / 8 % 8 + k / 3 % 3 - 1;
                int x = i % 8 + k % 3 - 1;
                sum += y >= 0 && y < 8 && x >= 0 && x < 8 ? weight[o * 27 + k] : 0;
            }
            double deviation = Math.sqrt(file.read("norm1.running_var")[o] + 1e-5);
            double normal = (sum - file.read("norm1.running_mean")[o]) / deviation;
            maps[i] = Math.max(0, normal * file.read("norm1.weight")[o] + file.read("norm1.bias")[o]);
        }
        var rows = file.read("fc1.weight");
        var answer = new double[16];
        for (int j = 0; j < 16; j++) {
            answer[j] = file.read("fc1.bias")[j];
            for (int i = 0; i < maps.length; i++) {
                answer[j] += rows[j * maps.length + i] * maps[i];
            }
        }
        return answer;
    }

    @Test
    void integersOfAnotherWriterAreListedThoughNotRead() throws IOException {
        try (var file = SafeTensors.open(data().resolve("djl_list.safetensors"))) {
            assertEquals(
                    List.of("attention", "embedding"),
                    new ArrayList<>(file.entries().keySet()));
            var entry = file.entry("embedding");
            assertEquals(new SafeTensors.Entry("embedding", "I8", Shape.of(2, 2), 6, 10), entry);
            assertFalse(entry.dtype().isReadable());
        }
    }
}
