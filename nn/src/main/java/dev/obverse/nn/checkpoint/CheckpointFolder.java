package dev.obverse.nn.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * A folder that holds the newest checkpoint of a run: groups of tensors (such as {@code model} and {@code optimizer})
 * and a JSON object (step, epoch, positions of the random generators and of the sampler).
 *
 * <p>Each group is a safetensors file whose name carries the checkpoint's number, {@code model-7.safetensors}, and
 * {@code checkpoint.json} holds the JSON and that number. Saving writes the new files under new names, then replaces
 * {@code checkpoint.json} in one step, then deletes the old files. So whenever the program or the machine stops,
 * {@code checkpoint.json} belongs to files that are whole, of one and the same checkpoint.
 *
 * <p>One process at a time may save.
 */
public final class CheckpointFolder {
    private static final String INDEX = "checkpoint.json";
    private static final int VERSION = 1;
    private static final Pattern GROUP = Pattern.compile("[A-Za-z][A-Za-z0-9_]*");
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
     * @param groups tensors by name, by group; a group's name is made of letters, digits and underscores
     * @param state what else is needed to go on
     */
    public void save(Map<String, Map<String, Tensor>> groups, ObjectNode state) throws IOException {
        for (var group : groups.keySet()) {
            if (!GROUP.matcher(group).matches()) {
                throw new IllegalArgumentException("A group of tensors cannot be named '" + group
                        + "': use letters, digits and underscores, beginning with a letter");
            }
        }
        Files.createDirectories(folder);
        long number = newest().map(Checkpoint::number).orElse(0L) + 1;
        var index = SafeTensorsHeader.JSON.createObjectNode();
        index.put("version", VERSION).put("number", number);
        var names = index.putArray("groups");
        for (var group : groups.entrySet()) {
            SafeTensorsWriter.write(fileOf(group.getKey(), number), group.getValue(), Map.of());
            names.add(group.getKey());
            afterStep.accept("wrote " + group.getKey());
        }
        index.set("state", state);
        AtomicFile.write(
                folder.resolve(INDEX),
                SafeTensorsHeader.JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(index));
        afterStep.accept("wrote " + INDEX);
        deleteAllBut(number, groups);
        afterStep.accept("deleted old files");
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
        if (!index.path("number").isIntegralNumber()
                || !index.path("groups").isArray()
                || !(index.path("state") instanceof ObjectNode state)) {
            throw new IOException(file + " lacks the number, groups or state of a checkpoint");
        }
        long number = index.path("number").longValue();
        var files = new LinkedHashMap<String, Path>();
        for (var group : index.path("groups")) {
            if (!GROUP.matcher(group.asText()).matches()) {
                throw new IOException(file + " lists " + group + ", which cannot be the name of a group of tensors");
            }
            files.put(group.asText(), fileOf(group.asText(), number));
        }
        return Optional.of(new Checkpoint(number, state, files));
    }

    private Path fileOf(String group, long number) {
        return folder.resolve(group + "-" + number + ".safetensors");
    }

    private void deleteAllBut(long number, Map<String, Map<String, Tensor>> groups) throws IOException {
        var keep = new TreeSet<Path>();
        groups.keySet().forEach(group -> keep.add(fileOf(group, number)));
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
