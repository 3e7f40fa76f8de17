package dev.obverse.benchmarks.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.obverse.benchmarks.side.Peers;
import dev.obverse.benchmarks.side.Side;
import dev.obverse.benchmarks.work.Work;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that every benchmark has, and how it measures and prints. */
final class Shared {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--peers", description = "Measure other libraries beside ours, in turns.")
    private boolean peers;

    @Option(names = "--json", description = "Print one JSON object as the last line of stdout, all else on stderr.")
    private boolean json;

    @Option(names = "--verbose", description = "Show the stack trace of an error.")
    private boolean verbose;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads to compute with, ours and the peers' (all cores).")
    void setThreads(int threads) {
        this.threads = atLeastOne("--threads", threads);
    }

    int threads() {
        return threads;
    }

    boolean verbose() {
        return verbose;
    }

    /** Words for people: stdout, or stderr if stdout is for a program. */
    PrintWriter words() {
        return json ? spec.commandLine().getErr() : spec.commandLine().getOut();
    }

    /** What a program reads. */
    void result(ObjectNode object) {
        if (json) {
            spec.commandLine().getOut().println(object);
        }
    }

    int atLeastOne(String option, int value) {
        if (value < 1) {
            throw usage(option + " must be at least 1, not " + value);
        }
        return value;
    }

    /** Wrong usage, exit code 2. */
    ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private List<Side> peers() {
        if (!peers) {
            return List.of();
        }
        var found = Peers.installed();
        if (found.isEmpty()) {
            throw usage("--peers needs a build with the profile peers, which ./obverse bench --peers makes");
        }
        return found;
    }

    /** Measures the works and prints a row each. */
    List<Row> measure(Collection<? extends Work> works) throws IOException {
        var rows = new ArrayList<Row>();
        try (var comparison = new Comparison(peers(), threads)) {
            var table = new Table(words(), peers);
            table.header();
            for (var work : works) {
                var row = comparison.measure(work);
                table.row(row);
                rows.add(row);
            }
            table.footer(rows);
        }
        return rows;
    }

    /** Measures works and prints them as a list. */
    int list(Collection<? extends Work> works) throws IOException {
        result(Report.table(threads, measure(works)));
        return 0;
    }

    /** Measures one work and prints it alone. */
    int single(Work work) throws IOException {
        result(Report.single(measure(List.of(work)).getFirst()));
        return 0;
    }
}
