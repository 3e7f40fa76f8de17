package dev.obverse.nn;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Every file among the tests' resources, given to every reader: what Jazzer starts from. */
class FuzzReadersTest {
    @Test
    void everyReaderTakesOrRefusesEveryFile() throws IOException {
        int files = 0;
        try (var walk = Files.walk(Path.of("src/test/resources"))) {
            for (var file : walk.filter(Files::isRegularFile).toList()) {
                for (int reader = 0; reader < 8; reader++) {
                    var data = new ByteArrayOutputStream();
                    data.write(reader);
                    data.writeBytes(Files.readAllBytes(file));
                    FuzzReaders.fuzzerTestOneInput(data.toByteArray());
                }
                files++;
            }
        }
        assertTrue(files > 10, "there are files: " + files);
    }
}
