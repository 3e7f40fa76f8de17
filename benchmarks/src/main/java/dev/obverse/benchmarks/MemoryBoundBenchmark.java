package dev.obverse.benchmarks;

import dev.obverse.backend.Backend;
import dev.obverse.backend.CopySpec;
import dev.obverse.backend.NormSpec;
import dev.obverse.backend.OptimizerKernels.Adam;
import dev.obverse.backend.PoolSpec;
import dev.obverse.backend.Storage;
import dev.obverse.backend.Unary;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Kernels that wait for memory, on a DRN activation of 8x128x128x64 (32 MiB) and an optimiser state of 20 million
 * weights. An operation is a byte that the kernel must at least read or write, so scores are gigabytes a second:
 * compare them with {@link #copy} in the same run.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Xmx3g"})
public class MemoryBoundBenchmark {
    private static final int PIXELS = 8 * 128 * 128;
    private static final int CHANNELS = 64;
    private static final int SIZE = PIXELS * CHANNELS;
    private static final int WEIGHTS = 20_000_000;
    private static final Unary LEAKY = new Unary(Unary.Kind.LEAKY_RELU, 0.2, 0);
    private static final PoolSpec HALVE = new PoolSpec(8, 128, 128, CHANNELS, 2, 2, 2, 2, 0, 0);
    private static final NormSpec BATCH_NORM = new NormSpec(1, PIXELS, CHANNELS, 1, 1e-5, 0.2, true);
    private static final NormSpec GROUP_NORM = new NormSpec(8, 128 * 128, CHANNELS / 8, 8, 1e-5, 0.2, true);
    private static final CopySpec COPY = new CopySpec(new int[] {SIZE}, 0, new int[] {1}, 0, new int[] {1});
    private static final CopySpec FIRST_HALF = half(0);
    private static final CopySpec SECOND_HALF = half(CHANNELS / 2);
    private static final Adam ADAM = new Adam(1e-4, 0.9, 0.999, 1e-8, 0, false, 1, 10);

    private final Backend backend = Device.cpu().backend();
    private final Storage x = normal(SIZE, 1);
    private final Storage y = normal(SIZE, 2);
    private final Storage dy = normal(SIZE, 3);
    private final Storage dx = normal(SIZE, 4);
    private final Storage pooled = normal(SIZE / 4, 5);
    private final Storage pooledGradient = normal(SIZE / 4, 6);
    private final Storage mean = normal(8 * CHANNELS, 7);
    private final Storage variance = normal(8 * CHANNELS, 8);
    private final Storage scale = normal(CHANNELS, 13);
    private final Storage shift = normal(CHANNELS, 14);
    private final Storage scaleGradient = normal(CHANNELS, 15);
    private final Storage shiftGradient = normal(CHANNELS, 16);
    private final Storage weight = normal(WEIGHTS, 9);
    private final Storage gradient = normal(WEIGHTS, 10);
    private final Storage firstMoment = normal(WEIGHTS, 11);
    private final Storage secondMoment = normal(WEIGHTS, 12);

    private static CopySpec half(int offset) {
        int half = CHANNELS / 2;
        return new CopySpec(new int[] {PIXELS, half}, 0, new int[] {half, 1}, offset, new int[] {CHANNELS, 1});
    }

    private Storage normal(int length, int stream) {
        var values = new float[length];
        new Philox(1, stream).fillNormal(values, 0, 1);
        var storage = backend.memory().allocate(length);
        backend.memory().write(values, storage);
        return storage;
    }

    @Setup
    public void prepare() {
        backend.elementwise().unary(LEAKY, x, y, SIZE);
        backend.elementwise().unary(Unary.of(Unary.Kind.SQUARE), secondMoment, secondMoment, WEIGHTS);
        backend.norm().normalize(BATCH_NORM, x, scale, shift, mean, variance, dx);
        backend.pool().max(HALVE, x, pooled);
    }

    @Benchmark
    @OperationsPerInvocation(2 * 4 * SIZE)
    public void copy() {
        backend.index().copy(COPY, x, dx);
    }

    @Benchmark
    @OperationsPerInvocation(2 * 4 * SIZE)
    public void leakyRelu() {
        backend.elementwise().unary(LEAKY, x, y, SIZE);
    }

    @Benchmark
    @OperationsPerInvocation(5 * 4 * SIZE)
    public void leakyReluForwardAndBackward() {
        backend.elementwise().unary(LEAKY, x, y, SIZE);
        backend.elementwise().unaryGradient(LEAKY, x, y, dy, dx, SIZE);
    }

    @Benchmark
    @OperationsPerInvocation((int) (1.25 * 4 * SIZE))
    public void maxPool() {
        backend.pool().max(HALVE, x, pooled);
    }

    @Benchmark
    @OperationsPerInvocation((int) (2.5 * 4 * SIZE))
    public void maxPoolGradient() {
        backend.pool().maxGradient(HALVE, x, pooled, pooledGradient, dx);
    }

    /** With scale, shift and LeakyReLU, as {@link #batchNormGradient} and {@link #groupNorm}. */
    @Benchmark
    @OperationsPerInvocation(3 * 4 * SIZE)
    public void batchNorm() {
        backend.norm().normalize(BATCH_NORM, x, scale, shift, mean, variance, y);
    }

    @Benchmark
    @OperationsPerInvocation(5 * 4 * SIZE)
    public void batchNormGradient() {
        backend.norm()
                .normalizeGradient(BATCH_NORM, x, scale, shift, mean, variance, dy, dx, scaleGradient, shiftGradient);
    }

    @Benchmark
    @OperationsPerInvocation(3 * 4 * SIZE)
    public void groupNorm() {
        backend.norm().normalize(GROUP_NORM, x, scale, shift, mean, variance, y);
    }

    /** Backward of bias and LeakyReLU. */
    @Benchmark
    @OperationsPerInvocation(3 * 4 * SIZE)
    public void epilogueGradient() {
        backend.conv().epilogueGradient(PIXELS, CHANNELS, 0.2, y, dy, dx, mean);
    }

    /** Joins two maps of half the channels. */
    @Benchmark
    @OperationsPerInvocation(2 * 4 * SIZE)
    public void concat() {
        backend.index().copy(FIRST_HALF, x, dx);
        backend.index().copy(SECOND_HALF, y, dx);
    }

    @Benchmark
    @OperationsPerInvocation(7 * 4 * WEIGHTS)
    public void adam() {
        backend.optimizer().adam(ADAM, weight, gradient, firstMoment, secondMoment, WEIGHTS);
    }
}
