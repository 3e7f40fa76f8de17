package dev.obverse.benchmarks.command;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code obverse bench gemm}. */
@Command(name = "gemm", mixinStandardHelpOptions = true, description = "Square matrix products.")
final class GemmCommand implements Callable<Integer> {
    @Mixin
    private final Shared shared = new Shared();

    @Option(
            names = "--size",
            paramLabel = "N",
            split = ",",
            description = "Rows and columns, several with commas (256,512,1024,2048).")
    private int[] sizes = {256, 512, 1024, 2048};

    @Override
    public Integer call() throws IOException {
        for (int size : sizes) {
            shared.atLeastOne("--size", size);
        }
        return shared.list(Suite.products(sizes));
    }
}
