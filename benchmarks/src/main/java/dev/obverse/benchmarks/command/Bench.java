package dev.obverse.benchmarks.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code obverse bench}: measures the hot paths. Exit codes: 0 done, 1 failed or slower, 2 wrong usage. */
@Command(
        name = "obverse bench",
        version = "obverse 0.1.0-SNAPSHOT",
        mixinStandardHelpOptions = true,
        description = "Measures the hot paths, in a few minutes: time, rate, and share of the FMA peak or of the memory"
                + " copy rate measured beside each. 'bench jmh ARGUMENTS' runs the JMH benchmarks.",
        subcommands = {
            ConvCommand.class,
            EnduranceCommand.class,
            GemmCommand.class,
            MemoryCommand.class,
            RecogniserCommand.class,
            StepCommand.class,
            TraceCommand.class
        })
public final class Bench implements Callable<Integer> {
    @Mixin
    private final Shared shared = new Shared();

    @Option(
            names = "--guard",
            paramLabel = "FILE",
            description = "Compare the shares of peak with this baseline; fail if a hot path lost more than 15 %%.")
    private @Nullable Path guard;

    @Option(names = "--guard-update", paramLabel = "FILE", description = "Write the shares of peak as the baseline.")
    private @Nullable Path update;

    private Bench() {}

    public static void main(String[] args) {
        var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(out, err, args));
    }

    /**
     * Runs one benchmark.
     *
     * @return the exit code
     */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        return new CommandLine(new Bench())
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler((e, _) -> wrongUsage(e))
                .setExecutionExceptionHandler((e, command, _) -> failed(e, command))
                .execute(args);
    }

    private static int wrongUsage(ParameterException e) {
        var command = e.getCommandLine();
        var name = command.getCommandSpec().qualifiedName();
        command.getErr().println(name + ": " + e.getMessage() + "; see '" + name + " --help'");
        return ExitCode.USAGE;
    }

    private static int failed(Exception e, CommandLine command) {
        var what = e.getMessage() == null ? e.toString() : e.getMessage();
        command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + what);
        if (command.getMixins().get("shared") instanceof Shared shared && shared.verbose()) {
            e.printStackTrace(command.getErr());
        }
        return ExitCode.SOFTWARE;
    }

    @Override
    public Integer call() throws IOException {
        var baseline = guard == null ? null : baseline(guard);
        var rows = new ArrayList<>(shared.measure(Suite.hotPaths()));
        if (update != null) {
            Guard.write(update, machine(), rows);
            shared.words().println("wrote " + update);
        }
        shared.result(Report.table(shared.threads(), rows));
        return baseline == null ? ExitCode.OK : judge(baseline, rows);
    }

    private Guard baseline(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw shared.usage("--guard " + file + " is not a file: write one with --guard-update " + file);
        }
        try {
            return Guard.read(file);
        } catch (IllegalArgumentException e) {
            throw shared.usage(String.valueOf(e.getMessage()));
        }
    }

    /** What seems slower gets a second chance: on a shared machine something else may have run. */
    private int judge(Guard baseline, List<Row> rows) throws IOException {
        var suspects = rows.stream().filter(baseline::hasLost).map(Row::work).toList();
        if (!suspects.isEmpty()) {
            shared.words().println("seems slower, so once more:");
            for (var again : shared.measure(suspects)) {
                rows.replaceAll(
                        row -> row.work().equals(again.work()) && again.bestShare() > row.bestShare() ? again : row);
            }
        }
        var complaints = baseline.complaints(rows);
        complaints.forEach(complaint -> shared.words().println("SLOWER: " + complaint));
        if (complaints.isEmpty()) {
            shared.words().println("no hot path lost more than 15 %");
        }
        return complaints.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private String machine() {
        return System.getProperty("os.arch") + ", Java " + Runtime.version() + ", " + shared.threads() + " threads";
    }
}
