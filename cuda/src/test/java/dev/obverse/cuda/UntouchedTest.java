package dev.obverse.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.backend.Backends;
import dev.obverse.tensor.Device;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a machine whose user wants the CPU, or that has no card, nothing of JCuda is loaded. */
class UntouchedTest {
    /** What a program does that does not ask for a card, and what happens when one is asked for that is not there. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) {
            Device.best();
            Backends.deviceCount("cuda");
            try {
                Device.cuda(95).backend();
                throw new AssertionError("a 96th card");
            } catch (IllegalStateException e) {
                System.exit(String.valueOf(e.getMessage()).startsWith("Device cuda:95 cannot be used: ") ? 0 : 1);
            }
        }
    }

    @Test
    void noClassOfJCudaIsLoaded(@TempDir Path folder) throws IOException, InterruptedException {
        var log = folder.resolve("classes.log");
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xlog:class+load:file=" + log,
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName())
                .redirectErrorStream(true)
                .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        var classes = Files.readString(log);
        assertTrue(classes.contains("dev.obverse.cuda.CudaProvider "), "the provider was asked");
        assertFalse(classes.contains(" jcuda."), "JCuda was touched");
    }
}
