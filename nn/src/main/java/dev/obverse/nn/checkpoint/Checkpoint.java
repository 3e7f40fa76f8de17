package dev.obverse.nn.checkpoint;

import dev.obverse.nn.TrainState;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * What {@link CheckpointFolder#newest} found.
 *
 * @param number counts the checkpoints of the run, from 1
 * @param metadata as it was saved; whole numbers come back as Integer or Long
 * @param files a safetensors file for each part of the state that has tensors, without the part's name in theirs
 */
public record Checkpoint(long number, SequencedMap<String, Object> metadata, Map<String, Path> files) {
    /** Reads everything, into new tensors on a device. */
    public TrainState read(Device device) throws IOException {
        var tensors = new LinkedHashMap<String, Tensor>();
        for (var part : files.entrySet()) {
            try (var file = SafeTensors.open(part.getValue())) {
                for (var name : file.entries().keySet()) {
                    tensors.put(part.getKey() + "." + name, file.tensor(name, device));
                }
            }
        }
        return new TrainState(tensors, metadata);
    }

    /**
     * Reads one part into tensors that exist already and must have exactly its names and shapes: the model without the
     * optimiser, for instance.
     *
     * @throws IOException if there is no such part, its file cannot be read, or it does not fit
     */
    public void load(String part, Map<String, Tensor> targets) throws IOException {
        var file = files.get(part);
        if (file == null) {
            throw new IOException("The checkpoint has no tensors of '" + part + "', only of " + files.keySet());
        }
        Weights.load(file, targets);
    }
}
