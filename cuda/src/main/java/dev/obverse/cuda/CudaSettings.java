package dev.obverse.cuda;

import dev.obverse.cuda.device.Precision;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * System properties of the CUDA backend.
 *
 * @param libraries {@code obverse.cuda.libraries}: folders, separated as on a class path, to look through for NVIDIA's
 *     libraries before any other
 * @param retag {@code obverse.cuda.retag}: {@code true} allows writing copies of two of JCuda's libraries that ask for
 *     CUDA 13 instead of 12, into a private folder of the cache
 * @param math {@code obverse.cuda.math}: {@code float32}, or {@code tf32} for convolutions and matrix products that
 *     round their inputs to 11 significant bits, which tensor cores multiply several times faster, or {@code bf16} for
 *     8 bits; sums, weights and everything else stay float32
 * @param search {@code obverse.cuda.search}: {@code measure} to time cuDNN's algorithms once for each shape and
 *     remember the fastest on disk, {@code first} to take the one that cuDNN proposes
 * @param graph {@code obverse.cuda.graph}: {@code true} to record a training step of fixed shapes once and replay it as
 *     a CUDA graph
 * @param debug {@code obverse.cuda.debug}: {@code true} to wait after each kernel, so that an error names it, and to
 *     remember who asked for memory
 * @param cache {@code obverse.cuda.cache}: folder for compiled kernels and the like
 */
public record CudaSettings(
        List<Path> libraries, boolean retag, Precision math, Search search, boolean graph, boolean debug, Path cache) {
    /** How an algorithm is chosen. */
    public enum Search {
        MEASURE,
        FIRST
    }

    static CudaSettings fromProperties() {
        var libraries = System.getProperty("obverse.cuda.libraries", "");
        return new CudaSettings(
                Arrays.stream(libraries.split(File.pathSeparator, -1))
                        .filter(s -> !s.isBlank())
                        .map(Path::of)
                        .toList(),
                Boolean.getBoolean("obverse.cuda.retag"),
                choice("obverse.cuda.math", Precision.FLOAT32),
                choice("obverse.cuda.search", Search.MEASURE),
                Boolean.getBoolean("obverse.cuda.graph"),
                Boolean.getBoolean("obverse.cuda.debug"),
                cache(System.getProperty("obverse.cuda.cache"), System.getenv("XDG_CACHE_HOME")));
    }

    private static <E extends Enum<E>> E choice(String property, E otherwise) {
        var text = System.getProperty(property);
        if (text == null) {
            return otherwise;
        }
        var choices = otherwise.getDeclaringClass().getEnumConstants();
        return Arrays.stream(choices)
                .filter(c -> c.name().equalsIgnoreCase(text.strip()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("-D" + property + "=" + text + " is not one of "
                        + Arrays.toString(choices).toLowerCase(Locale.ROOT)));
    }

    private static Path cache(@Nullable String given, @Nullable String xdg) {
        if (given != null) {
            return Path.of(given);
        }
        var root = xdg == null || xdg.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
        return root.resolve("obverse");
    }
}
