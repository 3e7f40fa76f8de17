package dev.obverse.cuda.library;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On JCuda's own libraries; binutils' readelf, where there is one, is the witness. */
class ElfFileTest {
    private static byte[] released(String library) throws IOException {
        try (var stream = ClassLoader.getSystemResourceAsStream("lib/" + JniFolder.fileName(library))) {
            assertTrue(stream != null, library + " is on the class path");
            return stream.readAllBytes();
        }
    }

    @ParameterizedTest
    @CsvSource({"JCublas2, libcublas", "JNvrtc, libnvrtc"})
    void asksForTheNextVersion(String library, String needed) throws IOException {
        var before = new ElfFile(released(library));
        assertTrue(before.needed().contains(needed + ".so.12"));
        assertTrue(before.neededVersions().contains(needed + ".so.12"));
        var after = new ElfFile(JniFolder.retagged(library, released(library), 13));
        assertTrue(after.needed().contains(needed + ".so.13"));
        assertFalse(after.needed().contains(needed + ".so.12"));
        assertTrue(after.neededVersions().contains(needed + ".so.13"), "and the hash of the name fits");
        assertFalse(after.neededVersions().contains(needed + ".so.12"));
        assertEquals(
                before.needed().stream().filter(n -> !n.startsWith(needed)).toList(),
                after.needed().stream().filter(n -> !n.startsWith(needed)).toList());
    }

    @ParameterizedTest
    @CsvSource({"JCudaDriver", "JCudaRuntime", "JCudnn"})
    void librariesThatNameNoVersionStayAsTheyAre(String library) throws IOException {
        assertArrayEquals(released(library), JniFolder.retagged(library, released(library), 13));
    }

    @ParameterizedTest
    @CsvSource({"JCublas2, libcublas", "JNvrtc, libnvrtc"})
    void readelfSeesTheSame(String library, String needed, @TempDir Path folder) throws Exception {
        assumeTrue(!run("readelf", "--version").isEmpty(), "readelf is not on the PATH");
        var before = Files.write(folder.resolve("before.so"), released(library));
        var after = Files.write(folder.resolve("after.so"), JniFolder.retagged(library, released(library), 13));
        for (var part : List.of("-d", "-V", "--dyn-syms")) {
            var expected = lines(run("readelf", "-W", part, before.toString()))
                    .map(line -> line.replace(needed + ".so.12", needed + ".so.13"))
                    .map(line -> line.contains("UND nvrtcGetNVVM") ? line.replace("GLOBAL", "WEAK") : line)
                    .toList();
            assertEquals(
                    expected,
                    lines(run("readelf", "-W", part, after.toString())).toList(),
                    part);
        }
    }

    private static Stream<String> lines(String text) {
        return text.lines().filter(line -> !line.contains("File: ")).map(line -> line.replaceAll(" +", " "));
    }

    private static String run(String... command) throws InterruptedException {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? text : "";
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    void hashesOfTheAbi() {
        // from the version needs of released libraries, as readelf -x shows them
        assertEquals(0x0d696910, ElfFile.hash("GLIBC_2.0"));
        assertEquals(0x09691a75, ElfFile.hash("GLIBC_2.2.5"));
    }

    @Test
    void whatDoesNotApplyIsRefused() throws IOException {
        var elf = new ElfFile(released("JCublas2"));
        assertThrows(IllegalArgumentException.class, () -> elf.retag("libfoo.so.1", "libfoo.so.2"));
        assertThrows(IllegalArgumentException.class, () -> elf.retag("libcublas.so.12", "libcublas.so.1234"));
        assertThrows(IllegalArgumentException.class, () -> elf.weaken("nothingOfTheKind"));
        assertThrows(IllegalArgumentException.class, () -> new ElfFile(new byte[100]));
        assertThrows(IllegalArgumentException.class, () -> new ElfFile(Arrays.copyOf(released("JCublas2"), 200)));
        assertArrayEquals(released("JCublas2"), elf.content());
    }
}
