package dev.obverse.drn.face;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.obverse.drn.face.RecogniserArchitecture.Backbone;
import dev.obverse.nn.checkpoint.AtomicFile;
import dev.obverse.nn.checkpoint.SafeTensorsWriter;
import dev.obverse.nn.checkpoint.Weights;
import dev.obverse.random.Philox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The files of a {@link TrainedRecogniser}. */
final class RecogniserFolder {
    static final String DESCRIPTION = "recogniser.json";
    private static final String WEIGHTS = "model.safetensors";
    /** As the first ones were called, which were all small; the architecture says how large one is. */
    private static final String KIND = "obverse-small-recogniser";

    private static final int VERSION = 1;
    private static final JsonMapper JSON = new JsonMapper();

    private RecogniserFolder() {}

    static void save(TrainedRecogniser recogniser, Path folder) throws IOException {
        var json = JSON.createObjectNode();
        json.put("kind", KIND);
        json.put("version", VERSION);
        json.put("name", recogniser.name());
        json.put("fingerprint", recogniser.fingerprint());
        var a = recogniser.architecture();
        json.putObject("architecture")
                .put("inputSize", a.inputSize())
                .put("width", a.width())
                .put("embedding", a.embedding())
                .put("crop", a.crop())
                .put("backbone", a.backbone().name());
        json.put(
                "preprocessing",
                "the middle crop x crop of a square RGB picture, scaled to inputSize, value v of [0,1] as 2v - 1");
        json.set("facts", JSON.valueToTree(recogniser.facts()));
        Files.createDirectories(folder);
        SafeTensorsWriter.write(folder.resolve(WEIGHTS), recogniser.weights(), Map.of("kind", KIND));
        // Last, so that a folder with a description is complete.
        AtomicFile.write(
                folder.resolve(DESCRIPTION),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
    }

    static TrainedRecogniser load(Path folder) throws IOException {
        var file = folder.resolve(DESCRIPTION);
        if (!Files.isRegularFile(file)) {
            throw new IOException(folder + " is not a recogniser's folder: it has no " + DESCRIPTION
                    + "; give the folder that train-recogniser wrote, or an ONNX file");
        }
        var json = read(file);
        if (!json.path("kind").asText().equals(KIND) || json.path("version").asInt() != VERSION) {
            throw new IOException(file + " has kind " + json.path("kind") + " and version " + json.path("version")
                    + ", but \"" + KIND + "\" and " + VERSION + " are expected");
        }
        var architecture = architecture(file, json.path("architecture"));
        var network = architecture.network(new Philox(0));
        Weights.load(folder.resolve(WEIGHTS), network.namedTensors());
        var facts = JSON.convertValue(json.path("facts"), new TypeReference<LinkedHashMap<String, Object>>() {});
        var recogniser = new TrainedRecogniser(
                json.path("name").asText(), architecture, network, facts == null ? Map.of() : facts);
        if (!recogniser.fingerprint().equals(json.path("fingerprint").asText())) {
            throw new IOException(folder + ": " + WEIGHTS + " is not the file that belongs to " + DESCRIPTION
                    + ", its fingerprint is " + recogniser.fingerprint() + " instead of "
                    + json.path("fingerprint").asText());
        }
        return recogniser;
    }

    private static JsonNode read(Path file) throws IOException {
        try {
            return JSON.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new IOException(file + " is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static RecogniserArchitecture architecture(Path file, JsonNode json) throws IOException {
        try {
            return new RecogniserArchitecture(
                    whole(json, "inputSize"),
                    whole(json, "width"),
                    whole(json, "embedding"),
                    json.path("crop").asDouble(),
                    Backbone.valueOf(json.path("backbone").asText(Backbone.SMALL.name())));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " describes no usable architecture: " + e.getMessage(), e);
        }
    }

    private static int whole(JsonNode json, String field) {
        if (!json.path(field).isInt()) {
            throw new IllegalArgumentException(field + " must be a whole number, not " + json.path(field));
        }
        return json.path(field).intValue();
    }
}
