package dev.obverse.benchmarks.command;

import dev.obverse.benchmarks.work.StepWork;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code obverse bench step}. */
@Command(
        name = "step",
        mixinStandardHelpOptions = true,
        description = "One training step of the paper's network, in a process of its own.")
final class StepCommand implements Callable<Integer> {
    @Mixin
    private final Shared shared = new Shared();

    @Mixin
    private final NetworkSize size = new NetworkSize(16, 64, 16);

    @Override
    public Integer call() throws IOException {
        return shared.single(new StepWork(size.width(), size.size(), size.batch()));
    }
}
