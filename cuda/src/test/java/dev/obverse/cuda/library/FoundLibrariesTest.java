package dev.obverse.cuda.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoundLibrariesTest {
    @TempDir
    private Path root;

    private Path file(String name) throws IOException {
        var file = root.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.createFile(file);
    }

    private void toolkit(String folder, int major) throws IOException {
        for (var name : List.of("libcublasLt.so.", "libcublas.so.", "libnvrtc.so.")) {
            file(folder + "/" + name + major);
        }
        file(folder + "/libnvrtc-builtins.so." + major + ".4");
    }

    private FoundLibraries found(List<Path> first, Map<String, String> environment) {
        return FoundLibraries.in(SearchPath.of(first, environment, root));
    }

    @Test
    void wheelsOfAnEnvironment() throws IOException {
        toolkit("venv/lib/python3.12/site-packages/nvidia/cu13/lib", 13);
        file("venv/lib/python3.12/site-packages/nvidia/cudnn/lib/libcudnn.so.9");
        var found = found(List.of(), Map.of("VIRTUAL_ENV", root.resolve("venv").toString()));
        assertEquals(13, found.major());
        assertEquals(List.of(NvidiaLibrary.DRIVER), found.missing());
        assertTrue(found.isEnough(true));
        assertFalse(found.isEnough(false), "13 needs consent");
        assertTrue(String.valueOf(found.file(NvidiaLibrary.NVRTC_BUILTINS)).endsWith("libnvrtc-builtins.so.13.4"));
    }

    @Test
    void wheelsThatHaveAFolderEach() throws IOException {
        var site = "usr/local/lib/python3.11/dist-packages/nvidia/";
        file(site + "cublas/lib/libcublas.so.12");
        file(site + "cublas/lib/libcublasLt.so.12");
        file(site + "cuda_nvrtc/lib/libnvrtc.so.12");
        file(site + "cuda_nvrtc/lib/libnvrtc-builtins.so.12.6");
        file(site + "cuda_nvrtc/lib/libnvrtc-builtins.alt.so.12.6");
        file(site + "cudnn/lib/libcudnn.so.9");
        var found = found(List.of(), Map.of());
        assertEquals(12, found.major());
        assertTrue(found.isEnough(false));
    }

    @Test
    void theFirstFolderDecidesTheVersion() throws IOException {
        toolkit("usr/local/cuda-12.6/lib64", 12);
        toolkit("mine", 13);
        assertEquals(12, found(List.of(), Map.of()).major());
        assertEquals(13, found(List.of(root.resolve("mine")), Map.of()).major());
        assertEquals(
                13,
                found(List.of(), Map.of("LD_LIBRARY_PATH", ":" + root.resolve("mine")))
                        .major());
        toolkit("mine", 12);
        assertEquals(12, found(List.of(root.resolve("mine")), Map.of()).major(), "JCuda is made for 12");
    }

    @Test
    void whatIsMissingIsNamedWithItsRemedy() throws IOException {
        toolkit("usr/local/cuda/lib64", 12);
        var found = found(List.of(), Map.of());
        var error = assertThrows(IllegalStateException.class, () -> NativeLoader.load(found, root, true));
        var message = String.valueOf(error.getMessage());
        assertTrue(message.startsWith("cuDNN 9 not found in 1 folders: pip install nvidia-cudnn-cu12"), message);
        var nothing = FoundLibraries.in(List.of());
        assertEquals(0, nothing.major());
        assertThrows(IllegalStateException.class, () -> NativeLoader.load(nothing, root, true));
    }

    @Test
    void changedCopiesNeedConsent() throws IOException {
        toolkit("usr/local/cuda/lib64", 13);
        file("usr/lib64/libcudnn.so.9");
        var found = found(List.of(), Map.of());
        var error = assertThrows(IllegalStateException.class, () -> NativeLoader.load(found, root, false));
        assertTrue(String.valueOf(error.getMessage()).contains("-Dobverse.cuda.retag=true"), error.getMessage());
    }

    @Test
    void aLibraryThatIsNoneIsASentence() throws IOException {
        toolkit("usr/local/cuda/lib64", 12);
        file("usr/lib64/libcudnn.so.9");
        var found = found(List.of(), Map.of());
        var error = assertThrows(IllegalStateException.class, () -> NativeLoader.load(found, root, false));
        assertTrue(
                String.valueOf(error.getMessage()).contains("libcublasLt.so.12 cannot be loaded"), error.getMessage());
        assertThrows(IllegalStateException.class, () -> found.version(NvidiaLibrary.CUDNN));
    }
}
