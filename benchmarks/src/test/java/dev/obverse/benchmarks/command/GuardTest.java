package dev.obverse.benchmarks.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuardTest {
    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void writeBaseline() throws IOException {
        file = folder.resolve("baseline.json");
        Guard.write(file, "a machine", List.of(Rows.gemm(256, 0.8), Rows.gemm(512, 0.6)));
    }

    @Test
    void nothingLost() throws IOException {
        var rows = List.of(Rows.gemm(256, 0.69), Rows.gemm(512, 0.9));
        assertEquals(List.of(), Guard.read(file).complaints(rows));
    }

    @Test
    void namesWhatWasLost() throws IOException {
        var rows = List.of(Rows.gemm(256, 0.67), Rows.gemm(512, 0.6));
        assertEquals(
                List.of("gemm 256 fell from 160 % of peak to 134 %"),
                Guard.read(file).complaints(rows));
        assertTrue(Guard.read(file).hasLost(rows.getFirst()));
        assertFalse(Guard.read(file).hasLost(rows.getLast()));
    }

    @Test
    void whatTheBaselineDoesNotKnowIsNotLost() throws IOException {
        var rows = List.of(Rows.gemm(256, 0.8), Rows.gemm(512, 0.6), Rows.gemm(1024, 0.01));
        assertEquals(List.of(), Guard.read(file).complaints(rows));
    }

    @Test
    void whatIsNoLongerMeasuredIsMissed() throws IOException {
        var complaints = Guard.read(file).complaints(List.of(Rows.gemm(256, 0.8)));
        assertEquals(List.of("gemm:512 is in the baseline, but was not measured"), complaints);
    }

    @Test
    void refusesWhatIsNoBaseline() throws IOException {
        for (var text : List.of("", "{", "[]", "{\"shares\":{}}", "{\"shares\":{\"gemm:256\":\"fast\"}}")) {
            Files.writeString(file, text);
            var e = assertThrows(IllegalArgumentException.class, () -> Guard.read(file), text);
            assertTrue(String.valueOf(e.getMessage()).contains(file.toString()), e.getMessage());
        }
    }
}
