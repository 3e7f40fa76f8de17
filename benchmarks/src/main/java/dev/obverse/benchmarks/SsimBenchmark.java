package dev.obverse.benchmarks;

import dev.obverse.benchmarks.work.Inputs;
import dev.obverse.nn.metric.Ssim;
import dev.obverse.tensor.Shape;
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

/** Structural similarity of one pair of pictures, as evaluation computes it for each. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Xms2g", "-Xmx2g"})
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class SsimBenchmark {
    /** Side of the pictures. */
    @Param({"64", "128"})
    public int size;

    @Param
    public Ssim window;

    private Shape shape;
    private float[] image;
    private float[] reference;

    /** Makes two pictures of noise. */
    @Setup
    public void allocate() {
        shape = Shape.of(size, size, 3);
        image = Inputs.uniform("image", shape.size());
        reference = Inputs.uniform("reference", shape.size());
    }

    @Benchmark
    public double similarity() {
        return window.of(image, reference, shape);
    }
}
