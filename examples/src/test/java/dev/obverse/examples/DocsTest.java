package dev.obverse.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents name files that exist and commands that are understood. */
class DocsTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern FILE = Pattern.compile("`((?:core|cuda|nn|drn-model|benchmarks|examples)/[\\w./-]+)`");
    private static final Pattern COMMAND = Pattern.compile("(?m)^ +\\./obverse +(\\S[^#\\n]*)");

    private static List<String> found(Pattern pattern, String document) throws IOException {
        return pattern.matcher(Files.readString(ROOT.resolve(document)))
                .results()
                .map(m -> m.group(1).strip())
                .toList();
    }

    @Test
    void everyPathExists() throws IOException {
        var paths = Stream.concat(found(FILE, "CONTRIBUTING.md").stream(), found(FILE, "README.md").stream())
                .toList();
        assertTrue(paths.size() > 10, "the pattern finds the paths: " + paths);
        var missing = paths.stream().filter(p -> !Files.exists(ROOT.resolve(p))).toList();
        assertEquals(List.of(), missing);
    }

    @Test
    void everyCommandOfTheReadmeIsUnderstood() throws IOException {
        var commands = found(COMMAND, "README.md");
        assertTrue(commands.size() > 8, "the pattern finds the commands: " + commands);
        for (var command : commands) {
            if (!command.startsWith("bench")) { // the benchmarks module has a command line of its own
                Main.commandLine().parseArgs(command.split(" +"));
            }
        }
    }

    @Test
    void ciRunsTheReadmesTestCommand() throws IOException {
        assertTrue(Files.readString(ROOT.resolve("README.md")).contains("\n    mvn -B verify\n"));
        assertTrue(Files.readString(ROOT.resolve(".ci/run")).contains("\nmvn -B verify\n"));
    }
}
