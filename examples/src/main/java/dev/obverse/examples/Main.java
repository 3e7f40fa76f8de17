package dev.obverse.examples;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code obverse} command line. */
@Command(
        name = "obverse",
        mixinStandardHelpOptions = true,
        version = "obverse 0.1.0-SNAPSHOT",
        description = "Swaps, traces and recognises faces with the Disentangling Reversing Network.",
        synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {
    private Main() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }

    @Override
    public void run() {
        new CommandLine(this).usage(System.out);
    }
}
