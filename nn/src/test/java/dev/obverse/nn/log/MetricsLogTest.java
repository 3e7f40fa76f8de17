package dev.obverse.nn.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsLogTest {
    @TempDir
    Path folder = Path.of("");

    private Path file() {
        return folder.resolve("metrics.jsonl");
    }

    private static String line(int step) {
        return "{\"step\":" + step + ",\"loss\":" + 1.0 / step + "}";
    }

    private void write(MetricsLog log, int from, int to) throws IOException {
        for (int step = from; step <= to; step++) {
            log.write(step, Map.of("loss", 1.0 / step));
        }
    }

    @Test
    void aLineIsThereAsSoonAsItIsWritten() throws IOException {
        try (var log = new MetricsLog(file(), 0)) {
            log.write(1, Map.of("loss", 0.5));
            assertEquals("{\"step\":1,\"loss\":0.5}\n", Files.readString(file()));
            log.write(2, Map.of("terms", Map.of("größe \"1\"\n", List.of(1, 2.5f, true))));
            log.write(3, Map.of("loss", Double.NaN));
            assertEquals(
                    List.of(
                            "{\"step\":1,\"loss\":0.5}",
                            "{\"step\":2,\"terms\":{\"größe \\\"1\\\"\\n\":[1,2.5,true]}}",
                            "{\"step\":3,\"loss\":\"NaN\"}"),
                    Files.readAllLines(file()));
        }
    }

    @Test
    void aResumedRunWritesLaterStepsAgain() throws IOException {
        try (var log = new MetricsLog(file(), 0)) {
            write(log, 1, 7);
        }
        var uninterrupted = Files.readAllLines(file());
        try (var log = new MetricsLog(file(), 4)) {
            assertEquals(uninterrupted.subList(0, 4), Files.readAllLines(file()));
            write(log, 5, 7);
        }
        assertEquals(uninterrupted, Files.readAllLines(file()));
        new MetricsLog(file(), 0).close();
        assertEquals("", Files.readString(file()), "a new run begins anew");
    }

    @Test
    void aTornLineIsDropped() throws IOException {
        Files.writeString(file(), line(1) + "\n{\"step\":2,\"lo", StandardOpenOption.CREATE);
        try (var log = new MetricsLog(file(), 5)) {
            write(log, 2, 2);
        }
        assertEquals(List.of(line(1), line(2)), Files.readAllLines(file()));
    }
}
