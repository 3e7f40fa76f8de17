package dev.obverse.cuda.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JniFolderTest {
    @Test
    void isPrivateAndComplete(@TempDir Path cache) throws IOException {
        var folder = JniFolder.prepare(cache, 13);
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
        try (var files = Files.list(folder)) {
            assertEquals(5, files.count());
        }
        var cublas = folder.resolve(JniFolder.fileName("JCublas2"));
        assertTrue(new ElfFile(Files.readAllBytes(cublas)).needed().contains("libcublas.so.13"));
        Files.writeString(cublas, "half written");
        JniFolder.prepare(cache, 13);
        assertTrue(new ElfFile(Files.readAllBytes(cublas)).needed().contains("libcublas.so.13"), "mended");
        var released = JniFolder.prepare(cache, 12).resolve(JniFolder.fileName("JCublas2"));
        assertTrue(new ElfFile(Files.readAllBytes(released)).needed().contains("libcublas.so.12"));
    }

    @Test
    void aPlaceThatCannotBeWrittenIsASentence(@TempDir Path folder) throws IOException {
        var file = Files.createFile(folder.resolve("file"));
        var error = assertThrows(IllegalStateException.class, () -> JniFolder.prepare(file.resolve("cache"), 12));
        assertTrue(String.valueOf(error.getMessage()).contains("-Dobverse.cuda.cache=FOLDER"), error.getMessage());
    }
}
