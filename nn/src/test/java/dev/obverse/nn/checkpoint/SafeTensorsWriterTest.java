package dev.obverse.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafeTensorsWriterTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void writesTheBytesOfTheFormat() throws IOException {
        var file = folder.resolve("w.safetensors");
        var tensors = new LinkedHashMap<String, Tensor>();
        tensors.put("z", Tensor.of(new float[] {1, 2}, 2, 1));
        tensors.put("a", Tensor.of(new float[] {-0.5f}, 1).reshape());
        SafeTensorsWriter.write(file, tensors, Map.of("format", "pt"));
        var bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) bytes.getLong();
        var header = "{\"__metadata__\":{\"format\":\"pt\"},"
                + "\"z\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]},"
                + "\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[8,12]}}";
        assertEquals(header, new String(bytes.array(), 8, length, StandardCharsets.UTF_8).stripTrailing());
        assertEquals(0, (8 + length) % 64, "data are aligned");
        assertEquals(8 + length + 12, bytes.limit());
        assertEquals(1f, bytes.getFloat(8 + length));
        assertEquals(2f, bytes.getFloat(8 + length + 4));
        assertEquals(-0.5f, bytes.getFloat(8 + length + 8));
        assertEquals(List.of(file), list(), "no temporary file is left");
    }

    @Test
    void whatIsWrittenComesBackBitByBitInItsOrder() throws IOException {
        var random = new Philox(1);
        var tensors = new LinkedHashMap<String, Tensor>();
        // Longer than a chunk, by a bit; specials; nothing at all.
        tensors.put("long", Tensor.randn(Device.cpu(), random, Shape.of(3, SafeTensors.CHUNK / 4 + 1)));
        tensors.put("empty", Tensor.of(new float[0], 4, 0));
        tensors.put(
                "Größe \"x\"\n",
                Tensor.of(new float[] {-0f, Float.NaN, Float.NEGATIVE_INFINITY, Float.MIN_VALUE}, 2, 2));
        var file = folder.resolve("w.safetensors");
        SafeTensorsWriter.write(file, tensors, Map.of());
        try (var read = SafeTensors.open(file)) {
            assertEquals(
                    List.copyOf(tensors.keySet()), List.copyOf(read.entries().keySet()));
            assertEquals(Map.of(), read.metadata());
            for (var tensor : tensors.entrySet()) {
                assertEquals(
                        tensor.getValue().shape(), read.entry(tensor.getKey()).shape());
                assertArrayEquals(tensor.getValue().toArray(), read.read(tensor.getKey()));
            }
        }
    }

    @Test
    void aFailedWriteLeavesTheOldFile() throws IOException {
        var file = folder.resolve("w.safetensors");
        AtomicFile.write(file, "old".getBytes(StandardCharsets.UTF_8));
        assertThrows(
                IOException.class,
                () -> AtomicFile.write(file, channel -> {
                    channel.write(ByteBuffer.allocate(100));
                    throw new IOException("disk full");
                }));
        assertEquals("old", Files.readString(file));
        assertEquals(List.of(file), list());
        assertThrows(
                IllegalArgumentException.class,
                () -> SafeTensorsWriter.write(file, Map.of("__metadata__", Tensor.of(new float[1], 1)), Map.of()));
    }

    @Test
    void aLazyWriteIsWholeToo() throws IOException {
        var file = folder.resolve("x.png");
        AtomicFile.writeLazily(file, new byte[] {1, 2, 3});
        AtomicFile.writeLazily(file, new byte[] {4});
        assertArrayEquals(new byte[] {4}, Files.readAllBytes(file));
        assertEquals(List.of(file), list());
    }

    private List<Path> list() throws IOException {
        try (var files = Files.list(folder)) {
            return files.toList();
        }
    }
}
