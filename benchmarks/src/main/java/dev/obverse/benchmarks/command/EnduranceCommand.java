package dev.obverse.benchmarks.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.obverse.benchmarks.side.Obverse;
import dev.obverse.benchmarks.side.SideProcess;
import dev.obverse.benchmarks.work.StepWork;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code obverse bench endurance}: does training slow down, or eat memory? */
@Command(
        name = "endurance",
        mixinStandardHelpOptions = true,
        description = "Trains for some minutes; prints steps per second and the heap after a collection for each.")
final class EnduranceCommand implements Callable<Integer> {
    private static final double MINUTE = 60;

    @Mixin
    private final Shared shared = new Shared();

    @Mixin
    private final NetworkSize size = new NetworkSize(16, 64, 16);

    private int minutes = 10;

    @Option(names = "--minutes", paramLabel = "N", description = "How long (10).")
    void setMinutes(int minutes) {
        this.minutes = shared.atLeastOne("--minutes", minutes);
    }

    @Override
    public Integer call() throws IOException {
        var json = JsonNodeFactory.instance.objectNode();
        var rates = json.putArray("stepsPerSecond");
        var heaps = json.putArray("heapMb");
        try (var process = new SideProcess(new Obverse(), shared.threads())) {
            var step = process.prepare(new StepWork(size.width(), size.size(), size.batch()), "");
            shared.words().printf("%6s %10s %12s %10s%n", "minute", "steps/s", "median ms", "heap MiB");
            for (int minute = 1; minute <= minutes; minute++) {
                var nanos = step.time(MINUTE, 1);
                double rate = nanos.length / (Arrays.stream(nanos).sum() * 1e-9);
                double heap = process.memory()[1];
                rates.add(rate);
                heaps.add(heap);
                shared.words()
                        .printf(
                                Locale.ROOT,
                                "%6d %10.3f %12.1f %10.1f%n",
                                minute,
                                rate,
                                Timing.median(nanos) * 1e-6,
                                heap);
                shared.words().flush();
            }
        }
        // The first minute holds the compiler's warm-up: drift is told from the second on.
        int first = Math.min(1, minutes - 1);
        double drift = rates.get(minutes - 1).asDouble() / rates.get(first).asDouble() - 1;
        double growth = heaps.get(minutes - 1).asDouble() - heaps.get(first).asDouble();
        shared.words()
                .printf(
                        Locale.ROOT,
                        "drift %+.1f %% in steps per second and %+.1f MiB of heap, from minute %d to minute %d%n",
                        100 * drift,
                        growth,
                        first + 1,
                        minutes);
        shared.result(json.put("drift", drift).put("heapGrowthMb", growth));
        return 0;
    }
}
