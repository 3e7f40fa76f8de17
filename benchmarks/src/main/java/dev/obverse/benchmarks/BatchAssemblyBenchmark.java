package dev.obverse.benchmarks;

import dev.obverse.drn.data.PairBatch;
import dev.obverse.drn.data.PairDataset;
import dev.obverse.nn.data.DataLoader;
import dev.obverse.nn.data.Dataset;
import dev.obverse.nn.data.LoaderOptions;
import dev.obverse.random.Philox;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** How fast the loader stacks decoded pairs into batches: training must never wait for it. One call is one batch. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Xms2g", "-Xmx2g"})
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class BatchAssemblyBenchmark {
    private static final int PAIRS = 256;
    private static final int EMBEDDING = 512;

    /** Side of the pictures. */
    @Param({"64", "128"})
    public int size;

    /** Threads beside the one that trains; 0 for none. */
    @Param({"0", "1"})
    public int workers;

    private DataLoader<PairBatch.Sample, PairBatch> loader;
    private DataLoader<PairBatch.Sample, PairBatch>.Epoch epoch;
    private int number;

    /** Makes pairs of noise. */
    @Setup
    public void allocate() {
        var samples = new ArrayList<PairBatch.Sample>();
        var random = new Philox(1);
        for (int i = 0; i < PAIRS; i++) {
            var pixels = new PairDataset.Pixels(new byte[size * size * 3], new byte[size * size * 3]);
            random.nextBytes(pixels.original());
            random.nextBytes(pixels.fake());
            samples.add(new PairBatch.Sample(pixels, new float[EMBEDDING]));
        }
        loader = new DataLoader<>(
                Dataset.of(samples),
                PairBatch.collator(size, EMBEDDING),
                LoaderOptions.batchesOf(16).shuffled(1).workers(workers));
        epoch = loader.epoch(0);
    }

    @Benchmark
    public PairBatch batch() {
        if (!epoch.hasNext()) {
            epoch = loader.epoch(++number);
        }
        return epoch.next();
    }

    @TearDown
    public void close() {
        loader.close();
    }
}
