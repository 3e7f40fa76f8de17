package dev.obverse.drn.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.OptionalLong;
import java.util.SequencedMap;

/** What a run ran on. */
public final class Machine {
    private static final Path STATUS = Path.of("/proc/self/status");

    private Machine() {}

    /** Java, system, cores and heap limit, for people. */
    public static SequencedMap<String, String> facts() {
        var facts = new LinkedHashMap<String, String>();
        facts.put("Java", System.getProperty("java.runtime.version") + ", " + System.getProperty("java.vendor"));
        facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        facts.put("cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
        facts.put("heap limit", (Runtime.getRuntime().maxMemory() >> 20) + " MB");
        return facts;
    }

    /** The most physical memory this process has had at a time, in MB; empty where the system does not tell. */
    public static OptionalLong peakMemoryMb() {
        try (var lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
                    .findFirst();
        } catch (IOException | UncheckedIOException | NumberFormatException e) {
            return OptionalLong.empty(); // not Linux
        }
    }
}
