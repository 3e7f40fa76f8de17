package dev.obverse.benchmarks;

import dev.obverse.benchmarks.work.Task;
import dev.obverse.benchmarks.work.TraceWork;
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
import org.openjdk.jmh.annotations.Warmup;

/** From fakes to traced faces: the latency of one, and of a batch. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Xms6g", "-Xmx6g"})
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class TraceBenchmark {
    /** Width, image size and batch. */
    @Param({"16-64-1", "16-64-16", "64-128-1", "64-128-16"})
    public String shape;

    private Task task;

    /** Makes the network and a batch of noise. */
    @Setup
    public void allocate() {
        var parts = shape.split("-", 3);
        int width = Integer.parseInt(parts[0]);
        task = new TraceWork(width, Integer.parseInt(parts[1]), Integer.parseInt(parts[2])).ours();
    }

    @Benchmark
    public void trace() {
        task.run();
    }
}
