package dev.obverse.cuda.library;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;

/** The version of one of NVIDIA's libraries, asked of the library itself without JCuda. */
final class LibraryVersion {
    private LibraryVersion() {}

    /**
     * Loads a library and asks it.
     *
     * @return {@code 9.24.0} for instance
     * @throws IllegalStateException if it cannot be loaded or asked
     */
    @SuppressWarnings("restricted")
    static String of(NvidiaLibrary library, Path file) {
        try {
            var symbols = SymbolLookup.libraryLookup(file, Arena.global());
            return switch (library) {
                case CUBLAS -> property(symbols, "cublasGetProperty");
                case NVRTC -> nvrtc(symbols);
                case CUDNN -> cudnn(symbols);
                case DRIVER, CUBLAS_LT, NVRTC_BUILTINS -> "loads";
            };
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(file + " is there but cannot be loaded; check with ldd", e);
        } catch (Throwable e) {
            throw new IllegalStateException(file + " does not say its version: " + e, e);
        }
    }

    /** Major, minor and patch, by the function that all of CUDA's mathematical libraries have. */
    @SuppressWarnings("restricted")
    private static String property(SymbolLookup symbols, String function) throws Throwable {
        var handle = Linker.nativeLinker()
                .downcallHandle(
                        symbols.find(function).orElseThrow(), FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
        var parts = new int[3];
        try (var arena = Arena.ofConfined()) {
            var value = arena.allocate(JAVA_INT);
            for (int i = 0; i < 3; i++) {
                require((int) handle.invokeExact(i, value));
                parts[i] = value.get(JAVA_INT, 0);
            }
        }
        return parts[0] + "." + parts[1] + "." + parts[2];
    }

    @SuppressWarnings("restricted")
    private static String nvrtc(SymbolLookup symbols) throws Throwable {
        var handle = Linker.nativeLinker()
                .downcallHandle(
                        symbols.find("nvrtcVersion").orElseThrow(), FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
        try (var arena = Arena.ofConfined()) {
            var major = arena.allocate(JAVA_INT);
            var minor = arena.allocate(JAVA_INT);
            require((int) handle.invokeExact(major, minor));
            return major.get(JAVA_INT, 0) + "." + minor.get(JAVA_INT, 0);
        }
    }

    /** One number: 92400 is 9.24.0. */
    @SuppressWarnings("restricted")
    private static String cudnn(SymbolLookup symbols) throws Throwable {
        var handle = Linker.nativeLinker()
                .downcallHandle(symbols.find("cudnnGetVersion").orElseThrow(), FunctionDescriptor.of(JAVA_LONG));
        long version = (long) handle.invokeExact();
        return version / 10000 + "." + version / 100 % 100 + "." + version % 100;
    }

    private static void require(int status) {
        if (status != 0) {
            throw new IllegalStateException("status " + status);
        }
    }
}
