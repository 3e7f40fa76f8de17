package dev.obverse.cuda.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.obverse.cuda.device.CudaException;
import dev.obverse.cuda.library.FoundLibraries;
import dev.obverse.cuda.library.NativeLoader;
import dev.obverse.cuda.library.SearchPath;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every kernel compiles for real cards, wherever NVRTC is found; no card is needed. {@code -Dobverse.nvrtc=require}
 * makes it a failure that NVRTC is not found, {@code -Dobverse.cuda.libraries=FOLDERS} says where it is.
 */
class KernelCompileTest {
    /** A100, the consumer cards of the same and the next generation, H100. */
    private static final List<String> ARCHITECTURES = List.of("sm_80", "sm_86", "sm_89", "sm_90");

    private static final int EM_CUDA = 190;

    /**
     * The loader keeps libraries open until the process ends, so they are not written into a folder that is deleted.
     */
    private static final Path CACHE = Path.of("target", "nvrtc-test");

    @TempDir
    private static Path folder;

    private static KernelCompiler compiler;

    @BeforeAll
    static void load() {
        var given = System.getProperty("obverse.cuda.libraries", "");
        var first = Arrays.stream(given.split(File.pathSeparator, -1))
                .filter(s -> !s.isBlank())
                .map(Path::of)
                .toList();
        try {
            NativeLoader.loadCompiler(FoundLibraries.in(SearchPath.folders(first)), CACHE, true);
        } catch (IllegalStateException e) {
            if (System.getProperty("obverse.nvrtc", "auto").equals("require")) {
                fail("-Dobverse.nvrtc=require: " + e.getMessage(), e);
            }
            Assumptions.abort("The kernels were not compiled: " + e.getMessage());
        }
        compiler = new KernelCompiler();
    }

    @ParameterizedTest
    @EnumSource
    void compiles(KernelFile file) {
        for (var architecture : ARCHITECTURES) {
            var code = compiler.compile(file, architecture);
            assertEquals(0x7f, code[0], "an ELF file");
            assertEquals(EM_CUDA, code[18] & 0xff, "for a card");
            var text = new String(code, StandardCharsets.ISO_8859_1);
            for (var kernel : file.kernels()) {
                assertTrue(text.contains(".text." + kernel + "\0"), file.fileName() + " has no kernel " + kernel);
            }
        }
    }

    @Test
    void anErrorNamesFileAndLine() {
        var error = assertThrows(CudaException.class, () -> compiler.compile(KernelFile.MOVE, "sm_1"));
        assertTrue(String.valueOf(error.getMessage()).contains("move.cu for sm_1"), error.getMessage());
    }

    @Test
    void theCacheGivesTheSameCode() {
        var code = compiler.compile(KernelFile.OPTIMIZER, "sm_90");
        var cache = new KernelCache(folder, compiler, compiler.version());
        assertFalse(Arrays.equals(code, new byte[0]));
        cache.compile(KernelFile.OPTIMIZER, "sm_90");
        var kept = new KernelCache(folder, (_, _) -> fail("compiled again"), compiler.version());
        assertTrue(Arrays.equals(code, kept.compile(KernelFile.OPTIMIZER, "sm_90")));
    }
}
