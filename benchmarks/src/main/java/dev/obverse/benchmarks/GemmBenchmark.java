package dev.obverse.benchmarks;

import dev.obverse.backend.MatmulSpec;
import dev.obverse.backend.cpu.simd.Gemm;
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

/**
 * Matrix products: square ones, and the three products of a fully connected layer whose weight is far larger than any
 * cache, which memory bandwidth bounds.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Xms2g", "-Xmx2g"})
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class GemmBenchmark {
    /** {@code m x n x k}, with {@code T} for each transposed operand. */
    @Param({
        "256x256x256 NN",
        "512x512x512 NN",
        "1024x1024x1024 NN",
        "1024x1024x1024 TN",
        "1024x1024x1024 NT",
        "1024x1024x1024 TT",
        "2048x2048x2048 NN",
        "8x512x131072 NT",
        "8x131072x512 NN",
        "512x131072x8 TN",
        "32x512x8192 NT",
        "32x8192x512 NN",
        "512x8192x32 TN"
    })
    public String product;

    private final ShareOfPeak share = new ShareOfPeak();
    private MatmulSpec spec;
    private float[] a;
    private float[] b;
    private float[] c;

    /** Allocates the operands. */
    @Setup
    public void allocate() {
        int space = product.indexOf(' ');
        int first = product.indexOf('x');
        int second = product.indexOf('x', first + 1);
        int m = Integer.parseInt(product.substring(0, first));
        int n = Integer.parseInt(product.substring(first + 1, second));
        int k = Integer.parseInt(product.substring(second + 1, space));
        spec = MatmulSpec.of(m, n, k, product.charAt(space + 1) == 'T', product.charAt(space + 2) == 'T');
        a = ConvBenchmark.random(m * k);
        b = ConvBenchmark.random(k * n);
        c = new float[m * n];
    }

    /** Measures the peak before an iteration. */
    @Setup(Level.Iteration)
    public void begin() {
        share.begin();
    }

    /** Prints the share of peak, and the rate at which the three matrices passed, after an iteration. */
    @TearDown(Level.Iteration)
    public void print() {
        share.print(product, spec.flops());
        share.printBandwidth(4.0 * (a.length + b.length + c.length));
    }

    /** One product. */
    @Benchmark
    public float multiply() {
        share.time(() -> Gemm.run(spec, a, b, c, false));
        return c[0];
    }
}
