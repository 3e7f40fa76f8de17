package dev.obverse.nn.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.obverse.nn.TrainState;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * A folder that holds the newest checkpoint of a run.
 *
 * <p>Each part of the state that has tensors ({@code model}, {@code optimizer}) is a safetensors file whose name
 * carries the checkpoint's number, {@code model-7.safetensors}; {@code checkpoint.json} holds that number and the
 * metadata. Saving writes the new files under new names, then replaces {@code checkpoint.json} in one step, then
 * deletes the old files. So whenever the program or the machine stops, {@code checkpoint.json} belongs to files that
 * are whole, of one and the same checkpoint.
 *
 * <p>One process at a time may save.
 */
public final class CheckpointFolder {
    private static final String INDEX = "checkpoint.json";
    private static final int VERSION = 1;
    private static final Pattern PART = Pattern.compile("[A-Za-z][A-Za-z0-9_]*");
    private static final Pattern DATA_FILE = Pattern.compile("\\.?[A-Za-z][A-Za-z0-9_]*-\\d+\\.safetensors(\\.tmp)?");

    private final Path folder;
    private final Consumer<String> afterStep;

    /** The folder is made when the first checkpoint is saved. */
    public CheckpointFolder(Path folder) {
        this(folder, step -> {});
    }

    /** For tests that stop between two steps of saving. */
    CheckpointFolder(Path folder, Consumer<String> afterStep) {
        this.folder = folder;
        this.afterStep = afterStep;
    }

    /**
     * Saves a checkpoint in place of the one before.
     *
     * @throws IllegalArgumentException if a tensor lies in no part (see {@link TrainState#with}), or in one whose name
     *     is not made of letters, digits and underscores
     */
    public void save(TrainState state) throws IOException {
        var parts = parts(state.tensors());
        Files.createDirectories(folder);
        long number = newest().map(Checkpoint::number).orElse(0L) + 1;
        var index = SafeTensorsHeader.JSON.createObjectNode();
        index.put("version", VERSION).put("number", number);
        var names = index.putArray("parts");
        for (var part : parts.entrySet()) {
            SafeTensorsWriter.write(fileOf(part.getKey(), number), part.getValue(), Map.of());
            names.add(part.getKey());
            afterStep.accept("wrote " + part.getKey());
        }
        index.set("metadata", SafeTensorsHeader.JSON.valueToTree(state.metadata()));
        AtomicFile.write(
                folder.resolve(INDEX),
                SafeTensorsHeader.JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(index));
        afterStep.accept("wrote " + INDEX);
        deleteAllBut(number, parts.keySet());
        afterStep.accept("deleted old files");
    }

    private static Map<String, SequencedMap<String, Tensor>> parts(Map<String, Tensor> tensors) {
        var parts = new LinkedHashMap<String, SequencedMap<String, Tensor>>();
        tensors.forEach((name, tensor) -> {
            int dot = name.indexOf('.');
            var part = name.substring(0, Math.max(dot, 0));
            if (!PART.matcher(part).matches()) {
                throw new IllegalArgumentException(
                        "Tensor '" + name + "' cannot be saved: its name must begin with that "
                                + "of a part, made of letters, digits and underscores, and a dot, such as 'model.'");
            }
            parts.computeIfAbsent(part, p -> new LinkedHashMap<>()).put(name.substring(dot + 1), tensor);
        });
        return parts;
    }

    /**
     * The checkpoint to resume from, empty if none was ever completed.
     *
     * @throws IOException in one sentence, if {@code checkpoint.json} is there but cannot be used
     */
    public Optional<Checkpoint> newest() throws IOException {
        var file = folder.resolve(INDEX);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        JsonNode index;
        try {
            index = SafeTensorsHeader.JSON.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new IOException(file + " is not valid JSON: " + e.getOriginalMessage(), e);
        }
        if (index.path("version").asInt() != VERSION) {
            throw new IOException(
                    file + " has format version " + index.path("version") + ", but this program reads " + VERSION);
        }
        var metadata = index.path("metadata");
        if (!index.path("number").isIntegralNumber() || !index.path("parts").isArray() || !metadata.isObject()) {
            throw new IOException(file + " lacks the number, parts or metadata of a checkpoint");
        }
        long number = index.path("number").longValue();
        var files = new LinkedHashMap<String, Path>();
        for (var part : index.path("parts")) {
            if (!PART.matcher(part.asText()).matches()) {
                throw new IOException(file + " lists " + part + ", which cannot be the name of a part");
            }
            files.put(part.asText(), fileOf(part.asText(), number));
        }
        SequencedMap<String, Object> values =
                SafeTensorsHeader.JSON.convertValue(metadata, new TypeReference<LinkedHashMap<String, Object>>() {});
        return Optional.of(new Checkpoint(number, values, files));
    }

    private Path fileOf(String part, long number) {
        return folder.resolve(part + "-" + number + ".safetensors");
    }

    private void deleteAllBut(long number, Set<String> parts) throws IOException {
        var keep = new TreeSet<Path>();
        parts.forEach(part -> keep.add(fileOf(part, number)));
        try (var files = Files.newDirectoryStream(folder)) {
            for (var file : files) {
                var name = String.valueOf(file.getFileName());
                if (DATA_FILE.matcher(name).matches() && !keep.contains(file)) {
                    Files.delete(file);
                }
            }
        }
    }
}
