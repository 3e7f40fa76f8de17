package dev.obverse.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is interrupted and resumed ends with the bits of one that was not. */
class InterruptionTest {
    private static final int STEPS = 60;

    @TempDir
    private Path folder;

    private String[] train(TinyRun tiny, Path out) {
        return new String[] {
            "train",
            "--pairs",
            tiny.pairs().toString(),
            "--preset",
            "tiny",
            "--steps",
            String.valueOf(STEPS),
            "--recogniser",
            tiny.recogniser().toString(),
            "--checkpoint-every",
            "1000",
            "--out",
            out.toString()
        };
    }

    @Test
    void interruptedRunGoesOnBitForBit() throws Exception {
        var tiny = TinyRun.in(folder);
        var interrupted = folder.resolve("interrupted");
        var log = folder.resolve("log").toFile();
        var process = new ProcessBuilder(command(train(tiny, interrupted)))
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        try {
            while (lines(interrupted) < 5 && process.isAlive()) {
                Thread.sleep(5);
            }
            process.destroy(); // the same shutdown as Ctrl-C
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it ends");
        } finally {
            process.destroyForcibly();
        }
        var words = Files.readString(log.toPath());
        assertTrue(words.contains("go on with: obverse train --resume --out " + interrupted), words);
        long done = lines(interrupted);
        assertTrue(done >= 5 && done < STEPS, done + " steps, " + words);

        var resumed = Cli.run("train", "--resume", "--out", interrupted.toString());
        assertEquals(0, resumed.code(), resumed.err());
        assertTrue(resumed.err().contains("Resuming after step " + done + " of " + STEPS), resumed.err());

        var whole = folder.resolve("whole");
        assertEquals(0, Cli.run(train(tiny, whole)).code());
        assertArrayEquals(
                Files.readAllBytes(whole.resolve("model.safetensors")),
                Files.readAllBytes(interrupted.resolve("model.safetensors")));
        assertEquals(
                Files.readAllLines(whole.resolve("metrics.jsonl")),
                Files.readAllLines(interrupted.resolve("metrics.jsonl")));
    }

    @Test
    void aResumedRunHasThePairsItBeganWith() throws Exception {
        var tiny = TinyRun.in(folder);
        var more = new String[] {
            "train", "--resume", "--steps", "8", "--out", tiny.run().toString()
        };
        var rows = Files.readString(tiny.pairs());
        Files.writeString(tiny.pairs(), rows.substring(0, rows.lastIndexOf('\n', rows.length() - 2) + 1));
        var refused = Cli.run(more);
        assertEquals(1, refused.code(), refused.err());
        assertTrue(refused.err().contains("does not list the pairs that this run began with"), refused.err());
        Files.writeString(tiny.pairs(), rows);

        var config = tiny.run().resolve("config.json");
        Files.writeString(config, Files.readString(config).replaceAll("\"pairsFingerprint\" : \"\\w+\",", ""));
        var old = Cli.run(more);
        assertEquals(0, old.code(), old.err());
        assertTrue(old.err().contains("does not say which pairs it began with"), old.err());
    }

    private static long lines(Path run) throws IOException {
        var file = run.resolve("metrics.jsonl");
        return Files.exists(file) ? Files.readAllLines(file).size() : 0;
    }

    private static List<String> command(String... args) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Xmx1g",
                Main.class.getName()));
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
            command.addAll(1, List.of("--add-modules", "jdk.incubator.vector"));
        }
        command.addAll(List.of(args));
        return command;
    }
}
