package dev.obverse.drn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.drn.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RunFolderTest {
    @TempDir
    private Path folder;

    private static RunConfig run(DrnConfig.Preset preset) {
        return new RunConfig(DrnConfig.of(preset), 7, 40, "pairs.csv", "abc", null, "def");
    }

    @ParameterizedTest
    @EnumSource
    void aConfigurationComesBackAsItWasWritten(DrnConfig.Preset preset) throws IOException {
        var written = run(preset);
        new RunFolder(folder).write(written);
        assertEquals(written, new RunFolder(folder).readConfig());
    }

    @Test
    void aRunFromBeforeThereWasAResidualDrawsItsPicturesItself() throws IOException {
        var written = run(DrnConfig.Preset.SMALL);
        var architecture = written.drn().architecture();
        assertEquals(Architecture.Output.RESIDUAL, architecture.output());
        edit("\"skips\" : \"BOTH\",\\s*\"output\" : \"RESIDUAL\"", "\"skips\" : \"BOTH\"", written);

        var old = new RunFolder(folder).readConfig();
        assertEquals(
                written.drn().with(architecture.withOutput(Architecture.Output.IMAGE)),
                old.drn(),
                "nothing else has changed");
    }

    @Test
    void anOutputThatIsNotKnownIsRefused() throws IOException {
        edit("\"RESIDUAL\"", "\"SKETCH\"", run(DrnConfig.Preset.SMALL));
        var message = assertThrows(DataException.class, () -> new RunFolder(folder).readConfig())
                .getMessage();
        assertTrue(message.contains("config.json") && message.contains("SKETCH"), message);
    }

    private void edit(String pattern, String replacement, RunConfig written) throws IOException {
        var run = new RunFolder(folder);
        run.write(written);
        var text = Files.readString(run.config());
        var edited = text.replaceAll(pattern, replacement);
        assertNotEquals(text, edited);
        Files.writeString(run.config(), edited);
    }
}
