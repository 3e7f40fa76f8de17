package dev.obverse.examples.command;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where vectors of pictures are kept, so that no command computes what another one has. */
final class CacheOption {
    @Option(
            names = "--cache",
            paramLabel = "DIR",
            defaultValue = "runs/embeddings",
            description = "Folder of the vectors that have been computed (runs/embeddings).")
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    Path folder() {
        return folder;
    }
}
