package dev.obverse.benchmarks.side;

import dev.obverse.backend.cpu.Workers;
import dev.obverse.benchmarks.work.Task;
import dev.obverse.benchmarks.work.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** This library. */
public final class Obverse implements Side {
    /** The JVM's options as the {@code obverse} script sets them for every command. */
    private static final String OPTIONS = "OBVERSE_BENCH_JVM";

    @Override
    public String name() {
        return "obverse";
    }

    @Override
    public List<String> settings(Work work) {
        return List.of("");
    }

    @Override
    public Map<String, String> environment(int threads) {
        return Map.of();
    }

    @Override
    public List<String> jvmOptions(int threads) {
        var given = System.getenv().getOrDefault(OPTIONS, "--add-modules jdk.incubator.vector");
        var options = new ArrayList<>(List.of(given.strip().split("\\s+")));
        options.add("-Dobverse.threads=" + threads);
        return options;
    }

    @Override
    public void start(int threads) {
        Workers.setThreads(threads);
    }

    @Override
    public Task prepare(Work work, String setting) {
        return work.ours();
    }
}
