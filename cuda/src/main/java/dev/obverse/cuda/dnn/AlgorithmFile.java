package dev.obverse.cuda.dnn;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which algorithm was chosen for which convolution, on disk, one line each: a choice is measured, so it could differ in
 * the next run, and with it the last bits of every result.
 */
final class AlgorithmFile {
    private static final System.Logger LOG = System.getLogger(AlgorithmFile.class.getName());

    private final Path file;
    private final Map<String, Algorithm> choices = new TreeMap<>();

    AlgorithmFile(Path file) {
        this.file = file;
        read(choices);
    }

    Optional<Algorithm> get(String key) {
        return Optional.ofNullable(choices.get(key));
    }

    /** Remembers a choice; what other processes have written meanwhile stays. */
    void put(String key, Algorithm algorithm) {
        var all = new TreeMap<String, Algorithm>();
        read(all);
        choices.put(key, algorithm);
        all.put(key, algorithm);
        var text = new StringBuilder();
        all.forEach((k, a) -> text.append(k).append(" = ").append(a.text()).append('\n'));
        var folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            return;
        }
        try {
            Files.createDirectories(folder);
            var part = Files.createTempFile(folder, "algorithms", ".part");
            Files.writeString(part, text);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "cuDNN's algorithms cannot be remembered in {0} ({1}): another run may choose others",
                    file,
                    e.getClass().getSimpleName());
        }
    }

    private void read(Map<String, Algorithm> target) {
        if (!Files.exists(file)) {
            return;
        }
        try {
            for (var line : Files.readAllLines(file)) {
                int at = line.indexOf('=');
                target.put(line.substring(0, at).strip(), Algorithm.parse(line.substring(at + 1)));
            }
        } catch (IOException | IndexOutOfBoundsException | IllegalArgumentException e) {
            LOG.log(System.Logger.Level.WARNING, "{0} is damaged; algorithms are searched anew", file);
        }
    }
}
