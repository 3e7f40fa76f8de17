package dev.obverse.benchmarks.command;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code obverse bench conv}. */
@Command(
        name = "conv",
        mixinStandardHelpOptions = true,
        description = "Every convolution of the network: forward, input gradient, weight gradient.")
final class ConvCommand implements Callable<Integer> {
    @Mixin
    private final Shared shared = new Shared();

    @Mixin
    private final NetworkSize size = new NetworkSize(64, 128, 8);

    @Override
    public Integer call() throws IOException {
        return shared.list(Suite.convolutions(size.width(), size.size(), size.batch()));
    }
}
