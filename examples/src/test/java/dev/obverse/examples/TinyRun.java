package dev.obverse.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;

/** Synthetic pairs, a recogniser and a trained network, made by the commands themselves, as small as can be. */
record TinyRun(Path pairs, Path recogniser, Path run) {
    static final int STEPS = 6;

    static TinyRun in(Path folder) {
        var made = new TinyRun(folder.resolve("data/pairs.csv"), folder.resolve("recogniser"), folder.resolve("run"));
        done("synth", "--identities", "8", "--pairs", "16", "--size", "32", "--out", folder.resolve("data") + "");
        done(
                "train-recogniser",
                "--identities",
                "4",
                "--takes",
                "2",
                "--size",
                "32",
                "--embedding",
                "16",
                "--epochs",
                "1",
                "--out",
                made.recogniser + "");
        done(
                "train",
                "--pairs",
                made.pairs + "",
                "--preset",
                "tiny",
                "--steps",
                STEPS + "",
                "--checkpoint-every",
                "4",
                "--recogniser",
                made.recogniser + "",
                "--out",
                made.run + "");
        return made;
    }

    private static void done(String... args) {
        var result = Cli.run(args);
        assertEquals(0, result.code(), String.join(" ", args) + ": " + result.err());
    }
}
