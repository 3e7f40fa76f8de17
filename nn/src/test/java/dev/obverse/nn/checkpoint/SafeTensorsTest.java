package dev.obverse.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.obverse.nn.layer.Linear;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SafeTensorsTest {
    @TempDir
    Path folder = Path.of("");

    private static Path golden() throws URISyntaxException {
        return Path.of(Objects.requireNonNull(SafeTensorsTest.class.getResource("golden.safetensors"))
                .toURI());
    }

    private static Path data() {
        var data = System.getProperty("obverse.data");
        assumeTrue(data != null, "skipped: needs -Dobverse.data=DIR with torch/*.safetensors");
        return Path.of(Objects.requireNonNull(data), "torch");
    }

    @Test
    void readsWhatTheSafetensorsLibraryWrote() throws Exception {
        try (var file = SafeTensors.open(golden())) {
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
                    golden() + ": tensor 'steps' has elements of type I64, but only F16, BF16, F32 and F64 can be read "
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

    static List<Arguments> malformed() {
        var a = "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";
        return List.of(
                Arguments.of(new byte[] {1, 2, 3}, "it has 3 bytes, fewer than the 8 that give the header's length"),
                Arguments.of(
                        raw(-1, "{}", 0),
                        "its header would be 18446744073709551615 bytes long, which is not between 2 and 100000000; "
                                + "it may be another kind of file"),
                Arguments.of(
                        raw(100_000_001, "{}", 0),
                        "its header would be 100000001 bytes long, which is not between 2 and 100000000; it may be "
                                + "another kind of file"),
                Arguments.of(
                        raw(90_000_000, "{}", 0),
                        "it is cut short: its header is 90000000 bytes long, but the file ends after 2"),
                Arguments.of(
                        raw(2, "\0\1", 0),
                        "its header is not valid JSON: Illegal character ((CTRL-CHAR, code 0)): only regular white "
                                + "space (\\r, \\n, \\t) is allowed between tokens"),
                Arguments.of(
                        raw(4, new byte[] {'{', (byte) 0xff, (byte) 0xfe, '}'}, 0),
                        "its header is not UTF-8 text; it may be another kind of file"),
                Arguments.of(file("[1]", 0), "its header is not a JSON object"),
                Arguments.of(file(" {}", 0), "its header is not a JSON object"),
                Arguments.of(file("{" + a + "," + a + "}", 8), "its header is not valid JSON: Duplicate field 'a'"),
                Arguments.of(file("{\"__metadata__\":[]}", 0), "__metadata__ is not a JSON object"),
                Arguments.of(
                        file("{\"__metadata__\":{\"k\":1}}", 0),
                        "__metadata__ maps 'k' to something that is not a string"),
                Arguments.of(
                        file("{\"a\":{\"dtype\":\"F4\",\"shape\":[2],\"data_offsets\":[1,0]}}", 1),
                        "tensor 'a' is F4[2], but its data_offsets are [1,0]"),
                Arguments.of(
                        file("{\"a\":{\"dtype\":\"F4\",\"shape\":[2],\"data_offsets\":[0,2]}}", 1),
                        "tensor 'a' ends at byte 2 of the data, but the file has only 1 bytes of data: it is cut short,"
                                + " or its header is wrong"),
                Arguments.of(
                        file("{\"a\":{\"dtype\":4,\"shape\":[2],\"data_offsets\":[0,1]}}", 1),
                        "tensor 'a' has the dtype 4, where a string is expected"),
                Arguments.of(file("{\"a\":3}", 0), "tensor 'a' has no dtype, where a string is expected"),
                Arguments.of(
                        file("{\"a\":{\"dtype\":\"F32\",\"shape\":[2.5],\"data_offsets\":[0,8]}}", 8),
                        "tensor 'a' has a shape that is not a list of whole numbers"),
                Arguments.of(
                        file("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,99999999999999999999]}}", 4),
                        "tensor 'a' has data_offsets that is not a list of whole numbers"),
                Arguments.of(
                        file("{\"a\":{\"dtype\":\"F32\",\"shape\":[70000,70000],\"data_offsets\":[0,8]}}", 8),
                        "tensor 'a' has shape [70000, 70000], which is negative or has 2^31 elements or more"),
                Arguments.of(
                        file("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,8]}}", 8),
                        "tensor 'a' has shape [-1], which is negative or has 2^31 elements or more"),
                Arguments.of(
                        file("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}", 8),
                        "tensor 'a' has 1 data_offsets instead of a begin and an end"),
                Arguments.of(
                        file("{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", 8),
                        "tensor 'a' is F32[3] and needs 12 bytes, but its data_offsets are [0,8]"),
                Arguments.of(
                        file("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", 8),
                        "tensor 'a' is F32[2] and needs 8 bytes, but its data_offsets are [8,0]"),
                Arguments.of(
                        file("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}", 8),
                        "tensor 'a' is F32[2] and needs 8 bytes, but its data_offsets are [-8,0]"),
                Arguments.of(
                        file("{" + a + "}", 5),
                        "tensor 'a' ends at byte 8 of the data, but the file has only 5 bytes of data: it is cut "
                                + "short, or its header is wrong"),
                Arguments.of(
                        file("{" + a + ",\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}", 12),
                        "tensors 'a' and 'b' overlap at byte 4 of the data"),
                Arguments.of(
                        file("{\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[12,16]}," + a + "}", 16),
                        "bytes 8 to 12 of the data, before tensor 'b', belong to no tensor"),
                Arguments.of(file("{" + a + "}", 11), "the last 3 bytes of its data belong to no tensor"),
                Arguments.of(file("{}", 1), "the last 1 bytes of its data belong to no tensor"));
    }

    private static byte[] file(String header, int dataSize) {
        return raw(header.length(), header, dataSize);
    }

    private static byte[] raw(long length, String header, int dataSize) {
        return raw(length, header.getBytes(StandardCharsets.ISO_8859_1), dataSize);
    }

    private static byte[] raw(long length, byte[] header, int dataSize) {
        return ByteBuffer.allocate(8 + header.length + dataSize)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(header)
                .array();
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void malformedFilesAreRefusedInOneSentence(byte[] content, String why) throws IOException {
        var file = folder.resolve("bad.safetensors");
        Files.write(file, content);
        var error = assertThrows(IOException.class, () -> SafeTensors.open(file));
        assertEquals(file + " is not a valid safetensors file: " + why, error.getMessage());
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

    @Test
    void everyCutAndManyDamagesGiveAnIoExceptionOrAValidFile() throws Exception {
        var whole = Files.readAllBytes(golden());
        var file = folder.resolve("cut.safetensors");
        for (int length = 0; length < whole.length; length += 3) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThrows(IOException.class, () -> SafeTensors.open(file));
        }
        var random = new Philox(5);
        int opened = 0;
        for (int i = 0; i < 400; i++) {
            var damaged = whole.clone();
            for (int k = random.nextInt(4); k >= 0; k--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            Files.write(file, damaged);
            try (var read = SafeTensors.open(file)) {
                opened++;
                for (var entry : read.entries().values()) {
                    if (entry.dtype().isReadable()) {
                        assertEquals(entry.shape().size(), read.read(entry.name()).length);
                    }
                }
            } catch (IOException e) {
                assertTrue(String.valueOf(e.getMessage()).startsWith(file + " is not a valid safetensors file: "));
            }
        }
        assertTrue(opened > 0 && opened < 400, opened + " were still valid");
    }

    @Test
    void theFirstDifferenceIsReported() throws IOException {
        var file = folder.resolve("net.safetensors");
        var tensors = new LinkedHashMap<String, Tensor>();
        tensors.put("conv.weight", Tensor.of(new float[] {1, 2, 3, 4}, 2, 2));
        tensors.put("conv.bias", Tensor.of(new float[] {5, 6}, 2));
        SafeTensorsWriter.write(file, tensors, Map.of());

        var shapes = new LinkedHashMap<String, Shape>();
        shapes.put("conv.weight", Shape.of(2, 2));
        shapes.put("conv.bias", Shape.of(2));
        assertEquals(null, difference(file, shapes));
        shapes.put("head.weight", Shape.of(3, 1));
        assertEquals("tensor 'head.weight' of shape [3,1] is missing from the file", difference(file, shapes));
        shapes.put("conv.bias", Shape.of(1, 2));
        assertEquals("tensor 'conv.bias' has shape [2] in the file, but [1,2] is expected", difference(file, shapes));
        shapes.remove("head.weight");
        shapes.remove("conv.bias");
        assertEquals("the file has a tensor 'conv.bias' that is not expected", difference(file, shapes));
    }

    private static @Nullable String difference(Path file, Map<String, Shape> expected) throws IOException {
        try (var open = SafeTensors.open(file)) {
            Weights.check(open, expected);
            return null;
        } catch (IOException e) {
            var prefix = file + " does not fit: ";
            assertTrue(String.valueOf(e.getMessage()).startsWith(prefix), e.getMessage());
            return String.valueOf(e.getMessage()).substring(prefix.length());
        }
    }

    @Test
    void loadingChangesAllOrNothing() throws IOException {
        var file = folder.resolve("net.safetensors");
        var saved = new LinkedHashMap<String, Tensor>();
        saved.put("a", Tensor.of(new float[] {1, 2}, 2));
        saved.put("b", Tensor.of(new float[] {3}, 1));
        SafeTensorsWriter.write(file, saved, Map.of());
        var a = Tensor.of(new float[2], 2);
        var b = Tensor.of(new float[1], 1, 1);
        var targets = new LinkedHashMap<String, Tensor>();
        targets.put("a", a);
        targets.put("b", b);
        assertThrows(IOException.class, () -> Weights.load(file, targets));
        assertArrayEquals(new float[2], a.toArray());
        targets.put("b", b.reshape(1));
        Weights.load(file, targets);
        assertArrayEquals(new float[] {1, 2}, a.toArray());
        assertArrayEquals(new float[] {3}, targets.get("b").toArray());
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
    void integersAreListedByAnImportAndRefusedOnlyWhereTheyAreNeeded() throws IOException {
        var path = folder.resolve("integers.safetensors");
        var header = "{\"weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
                + "\"bias\":{\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[24,32]},"
                + "\"num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[32,40]}}";
        Files.write(path, file(header, 40));
        try (var file = SafeTensors.open(path)) {
            var report = WeightImport.of(file)
                    .rename(name -> name.equals("bias") ? "" : name)
                    .partly()
                    .into(new Linear(3, 2, new Philox(1)));
            assertEquals(List.of("bias (I32)", "num_batches_tracked (I64)"), report.unused());
            var e = assertThrows(IOException.class, () -> WeightImport.of(file).into(new Linear(3, 2, new Philox(1))));
            assertEquals(
                    path + ": tensor 'bias' has elements of type I32, but only F16, BF16, F32 and F64 can be read as a"
                            + " tensor",
                    e.getMessage());
        }
    }

    /** F4 packs two elements into a byte, F8_E8M0 is a scale: no reason not to read what stands beside them. */
    @Test
    void unknownTypesAreRefusedOnlyWhereTheyAreNeeded() throws IOException {
        var path = folder.resolve("later.safetensors");
        var header = "{\"weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
                + "\"bias\":{\"dtype\":\"F4\",\"shape\":[2],\"data_offsets\":[24,25]},"
                + "\"scale\":{\"dtype\":\"F8_E8M0\",\"shape\":[2],\"data_offsets\":[25,27]}}";
        Files.write(path, file(header, 27));
        try (var file = SafeTensors.open(path)) {
            assertEquals(6, file.read("weight").length);
            assertEquals(new SafeTensors.Entry("bias", "F4", Shape.of(2), 24, 25), file.entry("bias"));
            assertEquals(DType.UNKNOWN, file.entry("scale").dtype());
            var report = WeightImport.of(file)
                    .rename(name -> name.equals("bias") ? "" : name)
                    .partly()
                    .into(new Linear(3, 2, new Philox(1)));
            assertEquals(List.of("bias (F4)", "scale (F8_E8M0)"), report.unused());
            var e = assertThrows(IOException.class, () -> WeightImport.of(file).into(new Linear(3, 2, new Philox(1))));
            assertEquals(
                    path + ": tensor 'bias' has elements of type F4, but only F16, BF16, F32 and F64 can be read as a"
                            + " tensor",
                    e.getMessage());
            var shapes = Map.of("bias", Shape.of(2));
            var unfit = assertThrows(IOException.class, () -> Weights.check(file, shapes));
            assertEquals(
                    path + " does not fit: tensor 'bias' holds F4 in the file, but F16, BF16, F32 or F64 is expected",
                    unfit.getMessage());
        }
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
