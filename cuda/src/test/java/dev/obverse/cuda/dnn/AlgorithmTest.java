package dev.obverse.cuda.dnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.cuda.dnn.Algorithm.Candidate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlgorithmTest {
    private static Candidate candidate(int status, boolean deterministic, int number, long space, float ms) {
        return new Candidate(status, deterministic, new Algorithm(number, space, ms));
    }

    @Test
    void theFastestOfThoseAllowed() {
        var candidates = List.of(
                candidate(0, false, 0, 0, 1), // other bits every time
                candidate(9, true, 1, 0, 2), // not supported
                candidate(0, true, 5, 0, 3), // Winograd
                candidate(0, true, 1, 5000, 4), // too much workspace
                candidate(0, true, 2, 10, 7),
                candidate(0, true, 1, 10, 6));
        var exact = Algorithm.ranked(Direction.FORWARD, false, 1000, candidates);
        assertEquals(
                List.of(6f, 7f), exact.stream().map(Algorithm::milliseconds).toList());
        var tf32 = Algorithm.ranked(Direction.FORWARD, true, 1000, candidates);
        assertEquals(
                List.of(3f, 6f, 7f), tf32.stream().map(Algorithm::milliseconds).toList());
        assertEquals(
                0, Algorithm.ranked(Direction.FORWARD, false, 5, candidates).size());
        assertTrue(Algorithm.ranked(Direction.INPUT_GRADIENT, false, 1000, candidates).stream()
                .allMatch(a -> a.number() == 1));
    }

    @Test
    void choicesLastAndThoseOfOthersStay(@TempDir Path folder) {
        var file = folder.resolve("cudnn/choices.txt");
        var one = new AlgorithmFile(file);
        var other = new AlgorithmFile(file);
        one.put("FORWARD NHWC float32 1,2", new Algorithm(1, 77, 5));
        other.put("FORWARD NHWC float32 3,4", new Algorithm(2, 0, 5));
        var read = new AlgorithmFile(file);
        assertEquals(Optional.of(new Algorithm(1, 77, 0)), read.get("FORWARD NHWC float32 1,2"));
        assertEquals(Optional.of(new Algorithm(2, 0, 0)), read.get("FORWARD NHWC float32 3,4"));
        assertTrue(read.get("FORWARD NHWC tf32 1,2").isEmpty());
    }

    @Test
    void aDamagedFileIsNoChoice(@TempDir Path folder) throws IOException {
        var file = folder.resolve("choices.txt");
        Files.writeString(file, "FORWARD NHWC float32 1,2 = 1:3:77\nnonsense\n");
        assertTrue(new AlgorithmFile(file).get("FORWARD NHWC float32 1,2").isEmpty());
    }
}
