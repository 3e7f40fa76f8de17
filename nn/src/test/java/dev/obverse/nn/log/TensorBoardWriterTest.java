package dev.obverse.nn.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.obverse.tensor.Shape;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardWriterTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(1_700_000_000_250L));

    @TempDir
    Path folder = Path.of("");

    private List<Path> files() throws IOException {
        try (var files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    /** src/test/python/tensorboard_golden.py wrote the same events with TensorBoard's own classes. */
    @Test
    void writesTheBytesThatTensorBoardWould() throws IOException {
        var png = new byte[200];
        for (int i = 0; i < png.length; i++) {
            png[i] = (byte) i;
        }
        try (var writer = new TensorBoardWriter(folder, 299, CLOCK)) {
            writer.scalar("loss/total", 0.1, 0);
            writer.scalar("Verlust/größer", 0, 5_000_000_000L);
            writer.image("faces", png, Shape.of(2, 300, 3), 301);
            writer.image("mask", new byte[] {'p', 'n', 'g'}, Shape.of(4, 1, 1), 302);
        }
        try (var golden = Objects.requireNonNull(getClass().getResourceAsStream("golden.tfevents"))) {
            assertArrayEquals(golden.readAllBytes(), Files.readAllBytes(files().getFirst()));
        }
    }

    @Test
    void picturesArePngFilesOfEightBits() throws IOException {
        try (var writer = new TensorBoardWriter(folder, 0, CLOCK)) {
            writer.image("x", new float[] {0, 0.5f, 1, -1, 2, 0.2f}, Shape.of(1, 2, 3), 1);
        }
        var bytes = Files.readAllBytes(files().getFirst());
        int at = 0;
        while (bytes[at] != (byte) 0x89 || bytes[at + 1] != 'P') {
            at++;
        }
        var picture = ImageIO.read(new ByteArrayInputStream(Arrays.copyOfRange(bytes, at, bytes.length - 4)));
        assertEquals(2, picture.getWidth());
        assertEquals(1, picture.getHeight());
        assertEquals(0xFF0080FF, picture.getRGB(0, 0));
        assertEquals(0xFF00FF33, picture.getRGB(1, 0));
        try (var writer = new TensorBoardWriter(folder, 0, CLOCK)) {
            var error = assertThrows(
                    IllegalArgumentException.class, () -> writer.image("x", new float[8], Shape.of(1, 4, 2), 1));
            assertEquals(
                    "An image for TensorBoard has shape [H,W,1] or [H,W,3], but 8 values of shape [1,4,2] were given",
                    error.getMessage());
        }
    }

    @Test
    void writersOfOneSecondHaveFilesOfTheirOwn() throws IOException {
        for (int i = 0; i < 3; i++) {
            new TensorBoardWriter(folder, 0, CLOCK).close();
        }
        assertEquals(
                List.of(
                        "events.out.tfevents.1700000000.000.obverse",
                        "events.out.tfevents.1700000000.001.obverse",
                        "events.out.tfevents.1700000000.002.obverse"),
                files().stream().map(file -> String.valueOf(file.getFileName())).toList());
    }
}
