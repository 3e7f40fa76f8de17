package dev.obverse.benchmarks;

import dev.obverse.benchmarks.work.Task;
import dev.obverse.benchmarks.work.UpWork;
import dev.obverse.benchmarks.work.Work.Direction;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The decoder's transposed 2x2 convolutions, at widths 64 and 16, in all three directions. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Xms2g", "-Xmx2g"})
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class TransposedConvBenchmark {
    /** Input channels, output channels and the input's size. */
    @Param({"512-256@16", "256-128@32", "128-64@64", "128-64@8", "64-32@16", "32-16@32"})
    public String layer;

    @Param
    public Direction direction;

    /** Images of the batch. */
    @Param("8")
    public int batch;

    private final ShareOfPeak share = new ShareOfPeak();
    private UpWork work;
    private Task task;

    /** Allocates the layer's arrays. */
    @Setup
    public void allocate() {
        int arrow = layer.indexOf('-');
        int at = layer.indexOf('@');
        int cin = Integer.parseInt(layer.substring(0, arrow));
        int cout = Integer.parseInt(layer.substring(arrow + 1, at));
        work = new UpWork(direction, batch, Integer.parseInt(layer.substring(at + 1)), cin, cout);
        task = work.ours();
    }

    /** Measures the peak before an iteration. */
    @Setup(Level.Iteration)
    public void begin() {
        share.begin();
    }

    /** Prints the share of peak after an iteration. */
    @TearDown(Level.Iteration)
    public void print() {
        share.print(work.title(), work.flops());
    }

    @Benchmark
    public void run() {
        share.time(task::run);
    }
}
