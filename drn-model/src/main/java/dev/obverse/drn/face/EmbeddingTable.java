package dev.obverse.drn.face;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.obverse.nn.checkpoint.SafeTensors;
import dev.obverse.nn.checkpoint.SafeTensorsWriter;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Vectors by name, and the safetensors file that keeps them: a tensor {@code embeddings [N,D]}, and in the metadata
 * {@code names}, a JSON list of N strings. In Python: {@code save_file({"embeddings": z}, path, {"names":
 * json.dumps(names)})}.
 *
 * @param length D
 * @param rows vectors of this length, by name
 */
public record EmbeddingTable(int length, SequencedMap<String, float[]> rows) {
    private static final String TENSOR = "embeddings";
    private static final String NAMES = "names";
    private static final JsonMapper JSON = new JsonMapper();

    public EmbeddingTable {
        rows = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(rows));
        rows.forEach((name, row) -> {
            if (row.length != length) {
                throw new IllegalArgumentException("The vector of '" + name + "' has " + row.length
                        + " values, but those of this table have " + length);
            }
        });
    }

    /** Writes the file, complete or not at all; its folder must exist. */
    public void write(Path file) throws IOException {
        var values = new float[rows.size() * length];
        int at = 0;
        for (var row : rows.values()) {
            System.arraycopy(row, 0, values, at, length);
            at += length;
        }
        var tensor = Tensor.of(Device.cpu(), values, Shape.of(rows.size(), length));
        var names = JSON.writeValueAsString(rows.keySet());
        SafeTensorsWriter.write(file, Map.of(TENSOR, tensor), Map.of(NAMES, names));
    }

    /**
     * Reads a file.
     *
     * @throws IOException in one sentence that names the file and what is wrong with it
     */
    public static EmbeddingTable read(Path file) throws IOException {
        try (var source = SafeTensors.open(file)) {
            var entry = source.entries().get(TENSOR);
            var list = source.metadata().get(NAMES);
            if (entry == null || entry.shape().rank() != 2 || list == null) {
                throw new IOException(file + " is not a file of embeddings: expected a tensor '" + TENSOR
                        + "' of shape [N,D] and the metadata '" + NAMES + "', a JSON list of N strings");
            }
            var names = names(file, list);
            int length = entry.shape().dim(1);
            if (names.length != entry.shape().dim(0)) {
                throw new IOException(file + " has " + names.length + " names for "
                        + entry.shape().dim(0) + " embeddings; there must be one for each");
            }
            var vectors = Rows.of(source.read(TENSOR), names.length, length);
            var rows = new LinkedHashMap<String, float[]>();
            for (int i = 0; i < names.length; i++) {
                if (rows.put(names[i], vectors[i]) != null) {
                    throw new IOException(file + " names '" + names[i] + "' twice");
                }
                for (float value : vectors[i]) {
                    if (!Float.isFinite(value)) {
                        throw new IOException(file + ": the embedding of '" + names[i] + "' contains " + value);
                    }
                }
            }
            return new EmbeddingTable(length, rows);
        }
    }

    private static String[] names(Path file, String list) throws IOException {
        try {
            return JSON.readValue(list, String[].class);
        } catch (JsonProcessingException e) {
            throw new IOException(
                    file + ": the metadata '" + NAMES + "' is not a JSON list of strings: " + e.getOriginalMessage(),
                    e);
        }
    }
}
