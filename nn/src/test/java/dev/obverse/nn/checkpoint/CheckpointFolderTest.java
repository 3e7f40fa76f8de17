package dev.obverse.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.nn.TrainState;
import dev.obverse.tensor.Device;
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
import java.util.Objects;
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
    private static TrainState state(long step) {
        var values = new float[WEIGHTS];
        Arrays.fill(values, (float) step);
        var model = new LinkedHashMap<String, Tensor>();
        model.put("conv.weight", Tensor.of(values, WEIGHTS));
        model.put("bias", Tensor.of(new float[] {step}, 1));
        var optimizer = new LinkedHashMap<String, Tensor>();
        optimizer.put("conv.weight.exp_avg", Tensor.of(values, 10, WEIGHTS / 10));
        var where = new LinkedHashMap<String, Object>();
        where.put("step", step);
        where.put("lr", 3e-4);
        where.put("names", List.of("a", "b"));
        var position = new LinkedHashMap<String, Object>();
        position.put("dropout", Long.MIN_VALUE + step);
        return new TrainState(new LinkedHashMap<>(), where)
                .with("model", new TrainState(model, position))
                .with("optimizer", new TrainState(optimizer, new LinkedHashMap<>()));
    }

    /** The step of the checkpoint in a folder, after checking that all of it is of that step; 0 if there is none. */
    private static long step(Path folder) throws IOException {
        var newest = new CheckpointFolder(folder).newest();
        if (newest.isEmpty()) {
            return 0;
        }
        var read = newest.get().read(Device.cpu());
        long step = read.number("step");
        var expected = state(step);
        assertEquals(expected.metadata().toString(), read.metadata().toString());
        assertEquals(
                List.copyOf(expected.tensors().keySet()),
                List.copyOf(read.tensors().keySet()));
        assertEquals(Long.MIN_VALUE + step, read.part("model").number("dropout"));
        expected.tensors().forEach((name, tensor) -> {
            var found = Objects.requireNonNull(read.tensors().get(name));
            assertEquals(tensor.shape(), found.shape());
            assertArrayEquals(tensor.toArray(), found.toArray(), name);
        });
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
            checkpoints.save(state(step));
            assertEquals(step, step(folder()));
            assertEquals(
                    List.of("checkpoint.json", "model-" + step + ".safetensors", "optimizer-" + step + ".safetensors"),
                    files(folder()));
        }
        // Another program goes on where this one stopped.
        new CheckpointFolder(folder()).save(state(9));
        assertEquals(9, step(folder()));
        assertEquals(4, checkpoints.newest().orElseThrow().number());
    }

    @Test
    void aCrashBetweenTwoStepsLeavesAWholeCheckpoint() throws IOException {
        var steps = new ArrayList<String>();
        new CheckpointFolder(temporary.resolve("count"), steps::add).save(state(1));
        assertEquals(List.of("wrote model", "wrote optimizer", "wrote checkpoint.json", "deleted old files"), steps);
        for (int crash = 0; crash < steps.size(); crash++) {
            var folder = temporary.resolve("crash" + crash);
            var last = steps.get(crash);
            new CheckpointFolder(folder).save(state(1));
            var crashing = new CheckpointFolder(folder, step -> {
                if (step.equals(last)) {
                    throw new ThreadDeathOfTest();
                }
            });
            assertThrows(ThreadDeathOfTest.class, () -> crashing.save(state(2)));
            assertEquals(crash < 2 ? 1 : 2, step(folder), "after '" + last + "'");
            // What the crash left behind is in nobody's way, and goes with the next checkpoint.
            new CheckpointFolder(folder).save(state(3));
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
        new CheckpointFolder(folder()).save(state(1));
        Files.write(folder().resolve(".model-2.safetensors.tmp"), new byte[100]);
        Files.write(folder().resolve(".checkpoint.json.tmp"), new byte[] {'{'});
        Files.write(folder().resolve("notes.txt"), new byte[1]);
        assertEquals(1, step(folder()));
        new CheckpointFolder(folder()).save(state(2));
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
                new CheckpointFolder(folder).save(state(step));
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
        new CheckpointFolder(folder()).save(state(step + 1));
        assertEquals(step + 1, step(folder()));
        assertEquals(3, files(folder()).size());
    }

    @Test
    void errorsNameTheFileAndThePart() throws IOException {
        var checkpoints = new CheckpointFolder(folder());
        var index = folder().resolve("checkpoint.json");
        for (var name : List.of("weight", ".weight", "../x.weight")) {
            var tensors = new LinkedHashMap<String, Tensor>();
            tensors.put(name, Tensor.of(new float[1], 1));
            var error = assertThrows(
                    IllegalArgumentException.class,
                    () -> checkpoints.save(new TrainState(tensors, new LinkedHashMap<>())));
            assertEquals(
                    "Tensor '" + name + "' cannot be saved: its name must begin with that of a part, made of letters, "
                            + "digits and underscores, and a dot, such as 'model.'",
                    error.getMessage());
        }
        checkpoints.save(state(1));
        var part = assertThrows(
                IOException.class, () -> checkpoints.newest().orElseThrow().load("ema", Map.of()));
        assertEquals("The checkpoint has no tensors of 'ema', only of [model, optimizer]", part.getMessage());
        var targets = new LinkedHashMap<>(state(7).part("model").tensors());
        checkpoints.newest().orElseThrow().load("model", targets);
        assertEquals(1, Objects.requireNonNull(targets.get("bias")).item());

        var bad = Map.of(
                "{\"version\":1", " is not valid JSON: ",
                "{\"version\":2}", " has format version 2, but this program reads 1",
                "{\"version\":1,\"number\":1,\"parts\":[]}", " lacks the number, parts or metadata of a checkpoint",
                "{\"version\":1,\"number\":1,\"parts\":[\"../a\"],\"metadata\":{}}",
                        " lists \"../a\", which cannot be the name of a part");
        for (var content : bad.entrySet()) {
            Files.writeString(index, content.getKey());
            var error = assertThrows(IOException.class, checkpoints::newest);
            assertTrue(String.valueOf(error.getMessage()).startsWith(index + content.getValue()), error.getMessage());
        }
    }
}
