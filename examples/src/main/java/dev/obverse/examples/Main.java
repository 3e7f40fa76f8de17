package dev.obverse.examples;

import dev.obverse.examples.command.Align;
import dev.obverse.examples.command.Demo;
import dev.obverse.examples.command.Doctor;
import dev.obverse.examples.command.Embed;
import dev.obverse.examples.command.ErrorSentence;
import dev.obverse.examples.command.Evaluate;
import dev.obverse.examples.command.Export;
import dev.obverse.examples.command.Identify;
import dev.obverse.examples.command.Learn;
import dev.obverse.examples.command.Measure;
import dev.obverse.examples.command.Parity;
import dev.obverse.examples.command.PlainLog;
import dev.obverse.examples.command.Prepare;
import dev.obverse.examples.command.Shared;
import dev.obverse.examples.command.Synth;
import dev.obverse.examples.command.Trace;
import dev.obverse.examples.command.Train;
import dev.obverse.examples.command.TrainRecogniser;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code obverse} command line. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted. */
@Command(
        name = "obverse",
        mixinStandardHelpOptions = true,
        version = "obverse 0.1.0-SNAPSHOT",
        description = "Trains and runs the Disentangling Reversing Network, which traces the original face of a face"
                + " swap. A traced face is a plausible reconstruction, not proof.",
        synopsisSubcommandLabel = "COMMAND",
        footer = { // a program of its own, which the launcher starts
            "  bench             Measures the hot paths, in a few minutes, beside other",
            "                      libraries too; see 'obverse bench --help'."
        },
        subcommands = {
            Demo.class,
            Synth.class,
            Prepare.class,
            Align.class,
            TrainRecogniser.class,
            Train.class,
            Evaluate.class,
            Trace.class,
            Export.class,
            Embed.class,
            Identify.class,
            Learn.class,
            Doctor.class,
            Parity.class,
            Measure.class
        })
public final class Main implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private Main() {}

    public static void main(String[] args) {
        var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(out, err, args));
    }

    /**
     * Runs one command.
     *
     * @return the exit code
     */
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        PlainLog.to(err);
        var commandLine = commandLine()
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler((e, _) -> wrongUsage(e))
                .setExecutionExceptionHandler((e, command, _) -> failed(e, command));
        try {
            return commandLine.execute(args);
        } catch (OutOfMemoryError | StackOverflowError e) {
            err.println("obverse: " + ErrorSentence.of(e));
            return ExitCode.SOFTWARE;
        } finally {
            out.flush(); // a writer flushes by itself at the end of println only
            err.flush();
        }
    }

    /** The commands, as they parse their arguments. */
    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOverwrittenOptionsAllowed(true);
    }

    private static int wrongUsage(ParameterException e) {
        var command = e.getCommandLine();
        var name = command.getCommandSpec().qualifiedName();
        command.getErr().println(name + ": " + sentence(e) + "; see '" + name + " --help'");
        return ExitCode.USAGE;
    }

    private static String sentence(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched
                && !unmatched.isUnknownOption()
                && !e.getCommandLine().getSubcommands().isEmpty()) {
            return "there is no command '" + unmatched.getUnmatched().getFirst() + "'";
        }
        return ErrorSentence.of(e)
                .replaceFirst("^Error: ", "") // picocli writes it before some only
                .replaceFirst("is not an? (int|long)$", "is not a whole number, or too large")
                .replaceFirst("is not a double$", "is not a number");
    }

    private static int failed(Exception e, CommandLine command) {
        var err = command.getErr();
        err.println(command.getCommandSpec().qualifiedName() + ": " + ErrorSentence.of(e));
        if (Shared.of(command).verbose()) {
            e.printStackTrace(err);
        }
        return ExitCode.SOFTWARE;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing: " + commands());
    }

    private String commands() {
        return String.join(", ", spec.subcommands().keySet()) + ", bench";
    }
}
