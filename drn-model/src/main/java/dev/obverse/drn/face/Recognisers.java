package dev.obverse.drn.face;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Finds out what kind of recogniser a path holds. */
public final class Recognisers {
    private Recognisers() {}

    /**
     * Reads a recogniser: an ONNX file, or the folder that {@link Recogniser#save} wrote.
     *
     * @param input how an ONNX file wants its pictures; null for what a folder says, or
     *     {@link RecogniserInput#ARCFACE}; a recogniser trained here takes none
     * @throws IOException in one sentence that names the file and what is wrong with it
     */
    public static Recogniser load(Path path, @Nullable RecogniserInput input) throws IOException {
        if (!Files.exists(path)) {
            throw new IOException("Recogniser " + path
                    + " does not exist: give the folder that train-recogniser wrote, or an ONNX file");
        }
        if (!Files.isDirectory(path)) {
            return OnnxRecogniser.read(path, input == null ? RecogniserInput.ARCFACE : input);
        }
        var description = path.resolve(RecogniserFolder.DESCRIPTION);
        if (Files.isRegularFile(description)) {
            var json = json(description);
            if (json.path("kind").asText().equals(OnnxRecogniser.KIND)) {
                return onnx(path, json, input);
            }
        }
        var own = SmallRecogniser.load(path);
        if (input != null) {
            throw new IOException("Recogniser " + path + " says itself how it wants its pictures: leave out '"
                    + input.words() + "', which is for ONNX files");
        }
        return own;
    }

    private static JsonNode json(Path description) throws IOException {
        try {
            return new JsonMapper().readTree(Files.readAllBytes(description));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IOException(description + " is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static Recogniser onnx(Path folder, JsonNode json, @Nullable RecogniserInput input) throws IOException {
        var file = Path.of(json.path("file").asText());
        if (!Files.isRegularFile(file)) {
            throw new IOException(folder + " stands for the recogniser " + file
                    + ", which does not exist any more: put it back, or give another --recogniser");
        }
        var read = OnnxRecogniser.read(
                file, input == null ? RecogniserInput.parse(json.path("input").asText()) : input);
        if (input == null && !read.fingerprint().equals(json.path("fingerprint").asText())) {
            throw new IOException(file + " is not the recogniser that " + folder + " stands for: it has been changed");
        }
        return read;
    }
}
