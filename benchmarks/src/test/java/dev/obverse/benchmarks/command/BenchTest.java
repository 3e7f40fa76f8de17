package dev.obverse.benchmarks.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.benchmarks.side.Peers;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return Bench.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--threads 0",
                "--threads many",
                "sort",
                "step --size 60",
                "step --size 0",
                "step --width 0",
                "trace --batch -1",
                "gemm --size 0",
                "gemm --size 256,x",
                "gemm --width 16",
                "endurance --minutes 0",
                "--guard /nowhere/baseline.json",
                "--guard",
            })
    void wrongUsageIsOneSentence(String args) {
        assertEquals(2, run(args.split(" ", -1)));
        assertEquals(1, err.toString().lines().count(), err::toString);
        assertEquals("", out.toString());
    }

    @Test
    void aBaselineThatIsNoneIsWrongUsage(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("baseline.json"), "{}");
        assertEquals(2, run("--guard", file.toString()));
        assertTrue(err.toString().contains("holds no baseline"), err::toString);
    }

    /** True of every build: with the profile the peers are there, without it the option says how to get them. */
    @Test
    void peersAreThoseOfTheBuild() {
        boolean none = Peers.installed().isEmpty();
        assertEquals(none ? 2 : 0, run("gemm", "--size", "16", "--peers"), err::toString);
        assertEquals(none, err.toString().contains("profile peers"), err::toString);
    }

    @Test
    void jsonIsTheLastLine() {
        assertEquals(0, run("gemm", "--size", "16,24", "--threads", "1", "--json"), err::toString);
        var line = out.toString().strip();
        assertTrue(line.startsWith("{\"threads\":1,\"rows\":[{\"code\":\"gemm:16\""), line);
        assertTrue(err.toString().contains("gemm 24"), err::toString);
    }

    @Test
    void aStepInAProcessOfItsOwn() {
        assertEquals(
                0,
                run("step", "--width", "4", "--size", "16", "--batch", "1", "--threads", "1", "--json"),
                err::toString);
        assertTrue(out.toString().startsWith("{\"medianMs\":"), out::toString);
    }
}
