package dev.obverse.benchmarks.command;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code obverse bench memory}. */
@Command(
        name = "memory",
        mixinStandardHelpOptions = true,
        description = "What waits for memory: LeakyReLU, pooling, batch norm, concat, Adam, the fully connected head.")
final class MemoryCommand implements Callable<Integer> {
    @Mixin
    private final Shared shared = new Shared();

    @Mixin
    private final NetworkSize size = new NetworkSize(64, 128, 8);

    @Override
    public Integer call() throws IOException {
        return shared.list(Suite.memory(size.width(), size.size(), size.batch()));
    }
}
