package dev.obverse.examples;

import java.io.BufferedWriter;
import java.io.PrintWriter;
import java.io.StringWriter;

/** Runs the command line in this process. */
final class Cli {
    private Cli() {}

    /** The exit code, and what was printed. */
    record Result(int code, String out, String err) {}

    static Result run(String... args) {
        var out = new StringWriter();
        var err = new StringWriter();
        int code = Main.run(buffered(out), buffered(err), args);
        return new Result(code, out.toString(), err.toString());
    }

    /** As stdout is: what is not flushed is lost. */
    private static PrintWriter buffered(StringWriter target) {
        return new PrintWriter(new BufferedWriter(target), true);
    }
}
