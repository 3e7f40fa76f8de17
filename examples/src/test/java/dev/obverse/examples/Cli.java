package dev.obverse.examples;

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
        int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
        return new Result(code, out.toString(), err.toString());
    }
}
