package dev.obverse.nn.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.obverse.nn.checkpoint.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * A file of JSON lines, {@code {"step":12,"loss":0.5}}, one per call. A line is handed to the operating system whole
 * before the call returns, so that other programs can follow the file and a crash of this one loses nothing. Numbers
 * that JSON lacks are written as the strings {@code "NaN"}, {@code "Infinity"} and {@code "-Infinity"}.
 */
public final class MetricsLog implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(MetricsLog.class.getName());
    private static final JsonMapper JSON = new JsonMapper();

    private final FileChannel channel;

    /**
     * Opens a log for the steps after {@code step}. What it holds of later steps goes: a run that resumes from an
     * earlier checkpoint will write those again. So does a last line that a power cut tore.
     *
     * @param step the last step that the log should still show, 0 to begin anew
     */
    public MetricsLog(Path file, long step) throws IOException {
        if (Files.exists(file)) {
            keepUpTo(step, file);
        }
        channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static void keepUpTo(long step, Path file) throws IOException {
        AtomicFile.write(file, kept -> {
            var out = Channels.newOutputStream(kept);
            try (var lines = Files.newBufferedReader(file)) {
                for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (isUpTo(step, line, file)) {
                        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                    }
                }
            }
        });
    }

    private static boolean isUpTo(long step, String line, Path file) {
        try {
            return JSON.readTree(line).path("step").asLong(Long.MAX_VALUE) <= step;
        } catch (JsonProcessingException e) {
            LOG.log(System.Logger.Level.WARNING, "{0} had a damaged line, which is dropped: {1}", file, line);
            return false;
        }
    }

    /** Appends a line with the step and these values: numbers, strings, booleans, and lists and maps of them. */
    public synchronized void write(long step, Map<String, ?> values) throws IOException {
        var line = JSON.createObjectNode().put("step", step);
        values.forEach((name, value) -> line.set(name, JSON.valueToTree(value)));
        var bytes = ByteBuffer.wrap((JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
