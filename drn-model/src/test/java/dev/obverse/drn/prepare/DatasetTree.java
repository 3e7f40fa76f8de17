package dev.obverse.drn.prepare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes empty files where a data set has videos. */
final class DatasetTree {
    private DatasetTree() {}

    static void touch(Path root, String... files) throws IOException {
        for (var file : files) {
            var path = root.resolve(file);
            Files.createDirectories(path.resolveSibling(""));
            Files.writeString(path, "");
        }
    }
}
