package dev.obverse.drn.face;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Vectors that another program computed, in the file that {@link EmbeddingTable} describes. A picture is looked up by
 * its path as given, with {@code /} between folders, then by its file name alone.
 */
public final class EmbeddingFile implements EmbeddingSource {
    private final Path file;
    private final EmbeddingTable table;

    private EmbeddingFile(Path file, EmbeddingTable table) {
        this.file = file;
        this.table = table;
    }

    /** Reads the whole file. */
    public static EmbeddingFile read(Path file) throws IOException {
        return new EmbeddingFile(file, EmbeddingTable.read(file));
    }

    @Override
    public int embeddingLength() {
        return table.length();
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
