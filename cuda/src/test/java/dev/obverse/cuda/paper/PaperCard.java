package dev.obverse.cuda.paper;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds the libraries of a card that exists on paper only, {@code paper.cpp}; JCuda's own find them by their names.
 */
final class PaperCard {
    private PaperCard() {}

    /** Writes them into {@code folder}, which {@code -Dobverse.cuda.libraries} then names. */
    static void build(Path folder) throws IOException, InterruptedException {
        var source = resource("/dev/obverse/cuda/paper/paper.cpp", folder.resolve("paper.cpp"));
        resource("/dev/obverse/cuda/host/host.h", folder.resolve("host.h"));
        var driver = folder.resolve("libcuda.so.1").toString();
        link("libcuda.so.1", driver, "-fvisibility=hidden", source.toString(), "-ldl", "-lpthread");
        var empty = Files.writeString(folder.resolve("empty.cpp"), "").toString();
        for (var name : List.of(
                "libcublasLt.so.12",
                "libcublas.so.12",
                "libnvrtc-builtins.so.12.6",
                "libnvrtc.so.12",
                "libcudnn.so.9")) {
            link(name, folder.resolve(name).toString(), empty, "-Wl,--no-as-needed", driver);
        }
    }

    private static Path resource(String name, Path file) throws IOException {
        try (var stream = PaperCard.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException(name + " is missing");
            }
            Files.copy(stream, file);
        }
        return file;
    }

    private static void link(String name, String to, String... rest) throws IOException, InterruptedException {
        var command = new ArrayList<>(
                List.of("g++", "-std=c++17", "-O2", "-w", "-shared", "-fPIC", "-Wl,-soname," + name, "-o", to));
        command.addAll(List.of(rest));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
    }
}
