package dev.obverse.benchmarks.command;

import dev.obverse.benchmarks.work.AdamWork;
import dev.obverse.benchmarks.work.BatchNormWork;
import dev.obverse.benchmarks.work.ConcatWork;
import dev.obverse.benchmarks.work.ConvWork;
import dev.obverse.benchmarks.work.GemmWork;
import dev.obverse.benchmarks.work.LeakyReluWork;
import dev.obverse.benchmarks.work.LinearWork;
import dev.obverse.benchmarks.work.MaxPoolWork;
import dev.obverse.benchmarks.work.StepWork;
import dev.obverse.benchmarks.work.TraceWork;
import dev.obverse.benchmarks.work.UpWork;
import dev.obverse.benchmarks.work.Work;
import dev.obverse.benchmarks.work.Work.Direction;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/** Which works are measured: the hot paths of the Disentangling Reversing Network. */
final class Suite {
    private Suite() {}

    /** The hot paths, in a few minutes. */
    static List<Work> hotPaths() {
        var works = new ArrayList<Work>();
        works.add(new StepWork(16, 64, 16));
        works.add(new StepWork(64, 128, 2));
        works.add(new TraceWork(16, 64, 1));
        works.add(new TraceWork(16, 64, 16));
        works.add(new TraceWork(64, 128, 1));
        works.addAll(products(256, 512, 1024, 2048));
        for (int stage = 0; stage < 4; stage++) {
            int channels = 64 << stage;
            works.addAll(directions(8, 128 >> stage, channels, channels));
        }
        works.addAll(directions(8, 16, 1024, 512));
        works.add(new UpWork(Direction.FORWARD, 8, 16, 512, 256));
        works.add(new UpWork(Direction.FORWARD, 8, 64, 128, 64));
        works.addAll(memory(64, 128, 8));
        return works;
    }

    static List<Work> products(int... extents) {
        var works = new ArrayList<Work>();
        for (int n : extents) {
            works.add(new GemmWork(n));
        }
        return works;
    }

    /** Every convolution of the network, in all directions that a training step takes. */
    static SequencedSet<Work> convolutions(int width, int size, int batch) {
        var works = new LinkedHashSet<Work>();
        int cin = 3;
        for (int stage = 0; stage < 4; stage++) {
            works.addAll(directions(batch, size >> stage, cin, width << stage));
            works.addAll(directions(batch, size >> stage, width << stage, width << stage));
            cin = width << stage;
        }
        works.addAll(directions(batch, size >> 3, 2 * cin, cin));
        for (int stage = 2; stage >= 0; stage--) {
            int channels = width << stage;
            for (var direction : Direction.values()) {
                works.add(new UpWork(direction, batch, size >> (stage + 1), 2 * channels, channels));
            }
            works.addAll(directions(batch, size >> stage, 3 * channels, channels));
        }
        works.addAll(directions(batch, size, width, 3));
        return works;
    }

    private static List<Work> directions(int batch, int size, int cin, int cout) {
        var works = new ArrayList<Work>();
        for (var direction : Direction.values()) {
            works.add(new ConvWork(direction, batch, size, cin, cout));
        }
        return works;
    }

    /** What waits for memory, over the network's largest maps and its head. */
    static List<Work> memory(int width, int size, int batch) {
        int features = size / 8 * (size / 8) * 8 * width;
        return List.of(
                new LeakyReluWork(false, batch, size, width),
                new LeakyReluWork(true, batch, size, width),
                new MaxPoolWork(false, batch, size, width),
                new MaxPoolWork(true, batch, size, width),
                new BatchNormWork(false, batch, size, width),
                new BatchNormWork(true, batch, size, width),
                new ConcatWork(batch, size, width),
                new AdamWork(20_000_000),
                new LinearWork(false, batch, features, 512),
                new LinearWork(true, batch, features, 512));
    }
}
