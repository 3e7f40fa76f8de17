package dev.obverse.benchmarks.command;

import dev.obverse.benchmarks.work.TraceWork;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code obverse bench trace}. */
@Command(
        name = "trace",
        mixinStandardHelpOptions = true,
        description = "From a fake to a traced face, in a process of its own.")
final class TraceCommand implements Callable<Integer> {
    @Mixin
    private final Shared shared = new Shared();

    @Mixin
    private final NetworkSize size = new NetworkSize(16, 64, 1);

    @Override
    public Integer call() throws IOException {
        return shared.single(new TraceWork(size.width(), size.size(), size.batch()));
    }
}
