package dev.obverse.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.io.Serial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointFolderTest {
    private static final int WEIGHTS = 100_000;

    @TempDir
    Path temporary = Path.of("");

    private Path folder() {
        return temporary.resolve("run/checkpoint");
    }

    /** All values of a checkpoint are its step, so that a mixture of two would show. */
    private static Map<String, Map<String, Tensor>> groups(long step) {
        var values = new float[WEIGHTS];
        Arrays.fill(values, (float) step);
        var groups = new LinkedHashMap<String, Map<String, Tensor>>();
        groups.put("model", Map.of("conv.weight", Tensor.of(values, WEIGHTS)));
        groups.put("optimizer", Map.of("conv.weight.m", Tensor.of(values, 10, WEIGHTS / 10)));
        return groups;
    }

    private static ObjectNode state(long step) {
        var state = JsonNodeFactory.instance.objectNode();
        state.put("step", step).put("rng", Long.MIN_VALUE + step);
        state.putObject("sampler").put("epoch", 2).put("position", 17);
        return state;
    }

    /** The step of the checkpoint in a folder, after checking that all of it is of that step; 0 if there is none. */
    private static long step(Path folder) throws IOException {
        var newest = new CheckpointFolder(folder).newest();
        if (newest.isEmpty()) {
            return 0;
        }
        long step = newest.get().state().get("step").longValue();
        assertEquals(state(step).toString(), newest.get().state().toString());
        for (var group : groups(step).entrySet()) {
            var tensor = group.getValue().values().iterator().next();
            var expected = tensor.toArray();
            tensor.set(new float[WEIGHTS]);
            newest.get().load(group.getKey(), group.getValue());
            assertArrayEquals(expected, tensor.toArray());
        }
        return step;
    }

    private static List<String> files(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void theNewestReplacesTheOneBefore() throws IOException {
        var checkpoints = new CheckpointFolder(folder());
        assertTrue(checkpoints.newest().isEmpty());
        for (long step = 1; step <= 3; step++) {
            checkpoints.save(groups(step), state(step));
            assertEquals(step, step(folder()));
            assertEquals(
                    List.of("checkpoint.json", "model-" + step + ".safetensors", "optimizer-" + step + ".safetensors"),
                    files(folder()));
        }
        // Another program goes on where this one stopped.
        new CheckpointFolder(folder()).save(groups(9), state(9));
        assertEquals(9, step(folder()));
        assertEquals(4, checkpoints.newest().orElseThrow().number());
    }

    @Test
    void aCrashBetweenTwoStepsLeavesAWholeCheckpoint() throws IOException {
        var steps = new ArrayList<String>();
        new CheckpointFolder(temporary.resolve("count"), steps::add).save(groups(1), state(1));
        assertEquals(List.of("wrote model", "wrote optimizer", "wrote checkpoint.json", "deleted old files"), steps);
        for (int crash = 0; crash < steps.size(); crash++) {
            var folder = temporary.resolve("crash" + crash);
            var last = steps.get(crash);
            new CheckpointFolder(folder).save(groups(1), state(1));
            var crashing = new CheckpointFolder(folder, step -> {
                if (step.equals(last)) {
                    throw new ThreadDeathOfTest();
                }
            });
            assertThrows(ThreadDeathOfTest.class, () -> crashing.save(groups(2), state(2)));
            assertEquals(crash < 2 ? 1 : 2, step(folder), "after '" + last + "'");
            // What the crash left behind is in nobody's way, and goes with the next checkpoint.
            new CheckpointFolder(folder).save(groups(3), state(3));
            assertEquals(3, step(folder));
            assertEquals(3, files(folder).size(), files(folder).toString());
        }
    }

    /** Not an exception that saving could tidy up after. */
    private static final class ThreadDeathOfTest extends Error {
        @Serial
        private static final long serialVersionUID = 1;
    }

    @Test
    void aCrashWithinAFileLeavesTheCheckpointBefore() throws IOException {
        new CheckpointFolder(folder()).save(groups(1), state(1));
        Files.write(folder().resolve(".model-2.safetensors.tmp"), new byte[100]);
        Files.write(folder().resolve(".checkpoint.json.tmp"), new byte[] {'{'});
        Files.write(folder().resolve("notes.txt"), new byte[1]);
        assertEquals(1, step(folder()));
        new CheckpointFolder(folder()).save(groups(2), state(2));
        assertEquals(2, step(folder()));
        assertEquals(
                List.of("checkpoint.json", "model-2.safetensors", "notes.txt", "optimizer-2.safetensors"),
                files(folder()));
    }

    /** What the killed program runs: it saves checkpoint after checkpoint until it dies. */
    public static final class Saving {
        private Saving() {}

        public static void main(String[] args) throws IOException {
            var folder = Path.of(args[0]);
            for (long step = step(folder) + 1; ; step++) {
                new CheckpointFolder(folder).save(groups(step), state(step));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 23})
    @Timeout(120)
    void aKilledProgramLeavesAWholeCheckpoint(int delay) throws Exception {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Saving.class.getName(),
                        folder().toString())
                .redirectErrorStream(true)
                .redirectOutput(temporary.resolve("log").toFile())
                .start();
        try {
            var saved = new CheckpointFolder(folder());
            while (saved.newest().map(Checkpoint::number).orElse(0L) < 5 && process.isAlive()) {
                Thread.sleep(1);
            }
            Thread.sleep(delay);
        } finally {
            process.destroyForcibly();
        }
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        long step = step(folder());
        assertTrue(step >= 5, () -> "step " + step + ", see " + temporary.resolve("log"));
        new CheckpointFolder(folder()).save(groups(step + 1), state(step + 1));
        assertEquals(step + 1, step(folder()));
        assertEquals(3, files(folder()).size());
    }

    @Test
    void errorsNameTheFileAndTheGroup() throws IOException {
        var checkpoints = new CheckpointFolder(folder());
        var index = folder().resolve("checkpoint.json");
        var name = assertThrows(
                IllegalArgumentException.class, () -> checkpoints.save(Map.of("../x", Map.of()), state(1)));
        assertEquals(
                "A group of tensors cannot be named '../x': use letters, digits and underscores, beginning with a"
                        + " letter",
                name.getMessage());

        checkpoints.save(groups(1), state(1));
        var group = assertThrows(
                IOException.class, () -> checkpoints.newest().orElseThrow().load("ema", Map.of()));
        assertEquals("The checkpoint has no tensors 'ema', only [model, optimizer]", group.getMessage());

        var bad = Map.of(
                "{\"version\":1", " is not valid JSON: ",
                "{\"version\":2}", " has format version 2, but this program reads 1",
                "{\"version\":1,\"number\":1,\"groups\":[]}", " lacks the number, groups or state of a checkpoint",
                "{\"version\":1,\"number\":1,\"groups\":[\"../a\"],\"state\":{}}",
                        " lists \"../a\", which cannot be the name of a group of tensors");
        for (var content : bad.entrySet()) {
            Files.writeString(index, content.getKey());
            var error = assertThrows(IOException.class, checkpoints::newest);
            assertTrue(String.valueOf(error.getMessage()).startsWith(index + content.getValue()), error.getMessage());
        }
    }
}
