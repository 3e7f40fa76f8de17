package dev.obverse.cuda.paper;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds the libraries of a card that exists on paper only, {@code paper.h} and what is beside it; JCuda's own find
 * them by their names.
 */
final class PaperCard {
    /** What it stands for, a file each. */
    private static final List<String> PARTS = List.of("driver", "memory", "streams", "nvrtc", "cublas", "cudnn");

    private PaperCard() {}

    /** Writes them into {@code folder}, which {@code -Dobverse.cuda.libraries} then names. */
    static void build(Path folder) throws IOException, InterruptedException {
        copy("host", "host.h", folder);
        copy("paper", "paper.h", folder);
        copy("paper", "rounding.h", folder);
        var all = new ArrayList<>(List.of("-fvisibility=hidden"));
        for (var part : PARTS) {
            all.add(copy("paper", part + ".cpp", folder));
        }
        all.addAll(List.of("-ldl", "-lpthread"));
        var driver = folder.resolve("libcuda.so.1").toString();
        link("libcuda.so.1", driver, all.toArray(String[]::new));
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

    private static String copy(String from, String name, Path folder) throws IOException {
        var resource = "/dev/obverse/cuda/" + from + "/" + name;
        try (var stream = PaperCard.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IllegalStateException(resource + " is missing");
            }
            var file = folder.resolve(name);
            Files.copy(stream, file);
            return file.toString();
        }
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
