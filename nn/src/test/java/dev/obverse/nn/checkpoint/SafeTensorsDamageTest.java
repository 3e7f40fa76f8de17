package dev.obverse.nn.checkpoint;

import static dev.obverse.nn.checkpoint.SafeTensorsFiles.file;
import static dev.obverse.nn.checkpoint.SafeTensorsFiles.raw;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.random.Philox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that are damaged, or made to do harm. */
class SafeTensorsDamageTest {
    @TempDir
    Path folder = Path.of("");

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

    @ParameterizedTest
    @MethodSource("malformed")
    void malformedFilesAreRefusedInOneSentence(byte[] content, String why) throws IOException {
        var file = folder.resolve("bad.safetensors");
        Files.write(file, content);
        var error = assertThrows(IOException.class, () -> SafeTensors.open(file));
        assertEquals(file + " is not a valid safetensors file: " + why, error.getMessage());
    }

    @Test
    void everyCutAndManyDamagesGiveAnIoExceptionOrAValidFile() throws Exception {
        var whole = Files.readAllBytes(SafeTensorsFiles.golden());
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
}
