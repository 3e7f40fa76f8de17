package dev.obverse.drn.prepare;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.obverse.drn.data.DataException;
import dev.obverse.nn.checkpoint.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;

/**
 * What is done of a preparation: {@code parts/VIDEO.json} for each swapped video, written when all its pictures are,
 * and {@code prepare.json}, the choices they were made with.
 */
final class PreparedParts {
    /** How crops are made; another number when they change. */
    private static final int VERSION = 1;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    private record Choices(int version, String dataset, double framesPerSecond, int size, String detector) {
        String words() {
            return "%s at %s frames per second, size %d, detector %.8s, version %d"
                    .formatted(dataset, framesPerSecond, size, detector, version);
        }
    }

    /**
     * What came of a swapped video.
     *
     * @param frames labels of its pairs, in order
     * @param leftOut labels of the other frames, and why there is no pair
     */
    record Part(List<String> frames, SortedMap<String, String> leftOut) {}

    private final Path out;

    private PreparedParts(Path out) {
        this.out = out;
    }

    static PreparedParts in(Path out, String dataset, Sampling sampling, String detector) throws IOException {
        var choices = new Choices(VERSION, dataset, sampling.framesPerSecond(), sampling.size(), detector);
        var file = out.resolve("prepare.json");
        if (!Files.exists(file)) {
            if (Files.exists(out) && !Folders.entries(out).isEmpty()) {
                throw new DataException(out + " is not empty: choose another --out, or empty it first");
            }
            Files.createDirectories(out);
            AtomicFile.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(choices));
        } else {
            var begun = read(file, Choices.class);
            if (!begun.equals(choices)) {
                throw new DataException(out + " was begun with other choices, " + begun.words() + " instead of "
                        + choices.words() + ": give the same ones to go on, or choose another --out");
            }
        }
        return new PreparedParts(out);
    }

    boolean isDone(String video) {
        return Files.exists(file(video));
    }

    Part read(String video) throws IOException {
        return read(file(video), Part.class);
    }

    void write(String video, Part part) throws IOException {
        var file = file(video);
        Files.createDirectories(file.resolveSibling(""));
        AtomicFile.write(file, JSON.writeValueAsBytes(part));
    }

    /** Writes {@code left-out.json}: every video and frame that gave no pair. */
    void writeLeftOut(List<LeftOut> leftOut) throws IOException {
        AtomicFile.write(
                out.resolve("left-out.json"),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(leftOut));
    }

    private Path file(String video) {
        return out.resolve("parts").resolve(video + ".json");
    }

    private static <T> T read(Path file, Class<T> type) throws IOException {
        try {
            return JSON.readValue(file.toFile(), type);
        } catch (JacksonException e) {
            throw new DataException(
                    file + " is damaged (" + e.getOriginalMessage()
                            + "): delete it, and what it stands for is done again",
                    e);
        }
    }
}
