package dev.obverse.nn.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * What {@link CheckpointFolder#newest} found.
 *
 * @param number counts the checkpoints of the run, from 1
 * @param state as it was saved
 * @param files a safetensors file for each group of tensors
 */
public record Checkpoint(long number, ObjectNode state, Map<String, Path> files) {
    /**
     * Reads a group into tensors that exist already and must have exactly its names and shapes.
     *
     * @throws IOException if there is no such group, its file cannot be read, or it does not fit
     */
    public void load(String group, Map<String, Tensor> targets) throws IOException {
        Weights.load(file(group), targets);
    }

    /** The file of a group, to look into it before loading. */
    public Path file(String group) throws IOException {
        var file = files.get(group);
        if (file == null) {
            throw new IOException("The checkpoint has no tensors '" + group + "', only " + files.keySet());
        }
        return file;
    }
}
