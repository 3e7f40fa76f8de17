package dev.obverse.cuda.library;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Loads NVIDIA's libraries by their full paths, in order, and then JCuda's: the loader takes what a library needs from
 * what is loaded already, so LD_LIBRARY_PATH need not be set. Happens once in a process.
 */
public final class NativeLoader {
    private static final Set<NvidiaLibrary> LOADED = EnumSet.noneOf(NvidiaLibrary.class);

    private NativeLoader() {}

    /**
     * Loads everything that a card needs.
     *
     * @param mayRetag whether changed copies of JCuda's libraries may be written, if there is only CUDA 13
     * @throws IllegalStateException with one sentence that says what is missing and what to do
     */
    public static void load(FoundLibraries found, Path cache, boolean mayRetag) {
        load(
                found,
                cache,
                mayRetag,
                EnumSet.allOf(NvidiaLibrary.class),
                "jcuda.driver.JCudaDriver",
                "jcuda.nvrtc.JNvrtc",
                "jcuda.jcublas.JCublas2",
                "jcuda.jcudnn.JCudnn");
    }

    /** Loads what compiling kernels needs, which works without a card and without its driver. */
    public static void loadCompiler(FoundLibraries found, Path cache, boolean mayRetag) {
        var compiler = EnumSet.of(NvidiaLibrary.NVRTC_BUILTINS, NvidiaLibrary.NVRTC);
        load(found, cache, mayRetag, compiler, "jcuda.nvrtc.JNvrtc");
    }

    private static synchronized void load(
            FoundLibraries found, Path cache, boolean mayRetag, Set<NvidiaLibrary> libraries, String... classes) {
        if (LOADED.containsAll(libraries)) {
            return;
        }
        var missing = new ArrayList<>(found.missing());
        missing.retainAll(libraries);
        missing.remove(NvidiaLibrary.DRIVER); // the system's loader may know where it is
        if (!missing.isEmpty()) {
            throw new IllegalStateException("%s not found in %d folders: %s; ./obverse doctor has the details"
                    .formatted(
                            missing.stream().map(NvidiaLibrary::title).collect(Collectors.joining(", ")),
                            found.folders().size(),
                            missing.stream().map(found::remedy).distinct().collect(Collectors.joining("; "))));
        }
        if (found.major() != 12 && !mayRetag) {
            throw new IllegalStateException("CUDA " + found.major() + " was found (" + found.file(NvidiaLibrary.NVRTC)
                    + ") and JCuda is made for CUDA 12: allow Obverse to write changed copies of two of JCuda's"
                    + " libraries into " + cache + " with -Dobverse.cuda.retag=true, or install CUDA 12");
        }
        for (var library : libraries) {
            if (!LOADED.contains(library)) {
                loadNvidia(library, found.file(library));
            }
        }
        loadJCuda(JniFolder.prepare(cache, found.major()), classes);
        LOADED.addAll(libraries);
    }

    @SuppressWarnings("restricted") // loading them is what this class is for
    private static void loadNvidia(NvidiaLibrary library, @Nullable Path file) {
        if (file == null) {
            return;
        }
        try {
            System.load(file.toAbsolutePath().toString());
        } catch (UnsatisfiedLinkError e) {
            throw new IllegalStateException(library.title() + " in " + file + " cannot be loaded: " + firstLine(e), e);
        }
    }

    /**
     * JCuda looks on java.library.path, then unpacks its libraries into the folder for temporary files, and loads what
     * it finds there already: for this moment that folder is ours.
     */
    private static void loadJCuda(Path folder, String... classes) {
        var temporary = System.getProperty("java.io.tmpdir");
        System.setProperty("java.io.tmpdir", folder.toString());
        try {
            for (var name : classes) {
                Class.forName(name);
            }
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError e) {
            var cause = e.getCause() == null ? e : e.getCause();
            throw new IllegalStateException(
                    "JCuda's libraries in " + folder + " cannot be loaded: " + reason(cause), e);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("JCuda is not on the class path: add org.jcuda's jars", e);
        } finally {
            System.setProperty("java.io.tmpdir", temporary);
        }
    }

    private static String firstLine(Throwable e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    /** The line of JCuda's long message that says what the loader missed. */
    private static String reason(Throwable e) {
        return String.valueOf(e.getMessage())
                .lines()
                .filter(line -> line.contains(".so") && line.contains(":") && !line.contains("Error while loading"))
                .reduce((_, last) -> last)
                .map(String::strip)
                .orElseGet(() -> firstLine(e));
    }
}
