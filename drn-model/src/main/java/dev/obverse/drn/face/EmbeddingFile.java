package dev.obverse.drn.face;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.obverse.nn.checkpoint.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Vectors that another program computed, in the file that {@link EmbeddingTable} describes. A picture is looked up by
 * its path as given, with {@code /} between folders, then by its file name alone.
 */
public final class EmbeddingFile implements EmbeddingSource {
    static final String KIND = "obverse-embeddings";

    private final Path file;
    private final EmbeddingTable table;
    private final String fingerprint;

    private EmbeddingFile(Path file, EmbeddingTable table, String fingerprint) {
        this.file = file;
        this.table = table;
        this.fingerprint = fingerprint;
    }

    /** Reads the whole file. */
    public static EmbeddingFile read(Path file) throws IOException {
        return new EmbeddingFile(file, EmbeddingTable.read(file), Fingerprint.of(file));
    }

    /** Is this one, by its name? */
    static boolean isNamedSo(Path file) {
        return file.toString().endsWith(".safetensors");
    }

    @Override
    public int embeddingLength() {
        return table.length();
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }

    /** Writes where the file is; the file itself is not copied. */
    @Override
    public void save(Path folder) throws IOException {
        var json = new JsonMapper().createObjectNode();
        json.put("kind", KIND);
        json.put("version", 1);
        json.put("file", file.toAbsolutePath().normalize().toString());
        json.put("fingerprint", fingerprint);
        Files.createDirectories(folder);
        AtomicFile.write(
                folder.resolve(RecogniserFolder.DESCRIPTION),
                new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
    }

    @Override
    public float[][] embeddings(Path folder, List<String> images) throws IOException {
        var found = new float[images.size()][];
        for (int i = 0; i < found.length; i++) {
            var path = images.get(i).replace('\\', '/');
            var row = table.rows().get(path);
            if (row == null) {
                row = table.rows().get(path.substring(path.lastIndexOf('/') + 1));
            }
            if (row == null) {
                throw new IOException("File " + file + " has no embedding for the image '" + path + "' of " + folder
                        + "; it has " + table.rows().size()
                        + (table.rows().isEmpty()
                                ? ""
                                : ", the first for '"
                                        + table.rows().firstEntry().getKey() + "'"));
            }
            found[i] = row.clone();
        }
        return found;
    }
}
