package dev.obverse.examples.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.obverse.backend.cpu.Workers;
import dev.obverse.drn.data.DataException;
import dev.obverse.drn.data.PairManifest;
import dev.obverse.drn.data.Split;
import dev.obverse.drn.data.SyntheticFaces;
import dev.obverse.tensor.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code obverse synth}: writes a data set of synthetic people and face swaps between them. */
@Command(
        name = "synth",
        mixinStandardHelpOptions = true,
        description =
                "Draws synthetic people and face swaps between them: original/*.png, fake/*.png and pairs.csv in --out"
                        + " (runs/synth). Train and test people are different. With --portraits also people/NAME/*.png,"
                        + " a gallery for identify and evaluate.")
public final class Synth implements Callable<Integer> {
    @Mixin
    private final Shared shared = new Shared();

    @Option(names = "--identities", paramLabel = "N", defaultValue = "100", description = "Number of people (100).")
    private int identities;

    @Option(names = "--pairs", paramLabel = "N", defaultValue = "1000", description = "Number of pairs (1000).")
    private int pairs;

    @Option(names = "--size", paramLabel = "PIXELS", defaultValue = "64", description = "Side of the pictures (64).")
    private int size;

    @Option(
            names = "--portraits",
            paramLabel = "N",
            defaultValue = "0",
            description = "Pictures of each person to write besides (0).")
    private int portraits;

    @Override
    public Integer call() throws IOException {
        long start = System.nanoTime();
        if (portraits < 0) {
            throw shared.usage("--portraits must be at least 0, not " + portraits);
        }
        requireCpu(shared);
        var faces = shared.checked(() -> new SyntheticFaces(shared.seed(), identities, pairs, size));
        var folder = shared.outOr("runs/synth");
        requireEmpty(folder);
        var manifest = write(shared, faces, folder);
        if (portraits > 0) {
            try (var progress = shared.progress("drawing portraits", (long) identities * portraits, "pictures")) {
                faces.writePortraits(
                        folder.resolve("people"), portraits, Workers.threads(), done -> progress.at(done, ""));
            }
        }
        double seconds = (System.nanoTime() - start) * 1e-9;
        int test = manifest.rows(Split.TEST).size();
        shared.say("%d pairs of %d people, %d of them test pairs of other people, in %s: %s"
                .formatted(pairs, identities, test, Progress.duration(seconds), folder.resolve("pairs.csv")));
        shared.result(() -> JsonNodeFactory.instance
                .objectNode()
                .put("manifest", folder.resolve("pairs.csv").toString())
                .put("pairs", pairs)
                .put("train", pairs - test)
                .put("test", test)
                .put("identities", identities)
                .put("portraits", portraits)
                .put("size", size)
                .put("seed", shared.seed())
                .put("seconds", seconds));
        return 0;
    }

    /** For commands that would not use another device: an option that is accepted must have an effect. */
    static void requireCpu(Shared shared) {
        if (!shared.device().equals(Device.cpu())) {
            throw shared.usage("this command computes on the CPU only: leave --device out");
        }
    }

    /** Pictures of two data sets in one folder would look like one. */
    static void requireEmpty(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            if (files.findAny().isPresent()) {
                throw new DataException(folder + " is not empty: choose another --out, or empty it first");
            }
        }
    }

    static PairManifest write(Shared shared, SyntheticFaces faces, Path folder) throws IOException {
        try (var progress = shared.progress("drawing pairs", faces.pairs(), "pairs")) {
            return faces.write(folder, Workers.threads(), done -> progress.at(done, ""));
        }
    }
}
