package dev.obverse.drn.face;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
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
            if (EmbeddingFile.isNamedSo(path)) {
                throw needsANetwork(path);
            }
            return OnnxRecogniser.read(path, input == null ? RecogniserInput.ARCFACE : input);
        }
        var json = description(path);
        if (kind(json).equals(OnnxRecogniser.KIND)) {
            return onnx(path, json, input);
        }
        if (kind(json).equals(EmbeddingFile.KIND)) {
            throw needsANetwork(path);
        }
        var own = TrainedRecogniser.load(path);
        if (input != null) {
            throw new IOException("Recogniser " + path + " says itself how it wants its pictures: leave out '"
                    + input.words() + "', which is for ONNX files");
        }
        return own;
    }

    /**
     * The vectors of picture files: those of a file of embeddings, {@code FILE.safetensors} or the folder that
     * {@link EmbeddingFile#save} wrote, or else those that the recogniser {@link #load} gives computes.
     *
     * @param input as for {@link #load}; a file of embeddings takes none
     * @param kept folder for what is computed
     * @throws IOException in one sentence that names the file and what is wrong with it
     */
    public static EmbeddingSource source(Path path, @Nullable RecogniserInput input, Path kept) throws IOException {
        var json = description(path);
        boolean saved = kind(json).equals(EmbeddingFile.KIND);
        if (!saved && !(Files.isRegularFile(path) && EmbeddingFile.isNamedSo(path))) {
            return new EmbeddingCache(load(path, input), kept);
        }
        if (input != null) {
            throw new IOException("Recogniser " + path + " is a file of embeddings, which no picture is given: leave"
                    + " out '" + input.words() + "', which is for ONNX files");
        }
        if (!saved) {
            return EmbeddingFile.read(path);
        }
        var read = EmbeddingFile.read(fileOf(path, json));
        refuseChanged(path, json, read.fingerprint());
        return read;
    }

    private static IOException needsANetwork(Path path) {
        return new IOException("Recogniser " + path + " is a file of embeddings, which has vectors of the pictures it"
                + " lists and cannot be shown others, such as traced faces: give a folder that train-recogniser wrote,"
                + " or an ONNX file");
    }

    /** What a recogniser's folder says of itself; nothing if it is not there. */
    private static JsonNode description(Path folder) throws IOException {
        var description = folder.resolve(RecogniserFolder.DESCRIPTION);
        return Files.isRegularFile(description) ? json(description) : MissingNode.getInstance();
    }

    private static String kind(JsonNode description) {
        return description.path("kind").asText();
    }

    private static JsonNode json(Path description) throws IOException {
        try {
            return new JsonMapper().readTree(Files.readAllBytes(description));
        } catch (JsonProcessingException e) {
            throw new IOException(description + " is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static Recogniser onnx(Path folder, JsonNode json, @Nullable RecogniserInput input) throws IOException {
        var file = fileOf(folder, json);
        var read = OnnxRecogniser.read(
                file, input == null ? RecogniserInput.parse(json.path("input").asText()) : input);
        if (input == null) {
            refuseChanged(folder, json, read.fingerprint());
        }
        return read;
    }

    /** The file that a folder stands for. */
    private static Path fileOf(Path folder, JsonNode json) throws IOException {
        var file = Path.of(json.path("file").asText());
        if (!Files.isRegularFile(file)) {
            throw new IOException(folder + " stands for the recogniser " + file
                    + ", which does not exist any more: put it back, or give another --recogniser");
        }
        return file;
    }

    private static void refuseChanged(Path folder, JsonNode json, String fingerprint) throws IOException {
        if (!fingerprint.equals(json.path("fingerprint").asText())) {
            throw new IOException(json.path("file").asText() + " is not the recogniser that " + folder
                    + " stands for: it has been changed");
        }
    }
}
