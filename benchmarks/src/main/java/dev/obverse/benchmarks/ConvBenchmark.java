package dev.obverse.benchmarks;

import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.cpu.ConvAlgorithm;
import dev.obverse.backend.cpu.conv.ImageParts;
import dev.obverse.backend.cpu.simd.ConvForward;
import dev.obverse.backend.cpu.simd.ConvInputGradient;
import dev.obverse.backend.cpu.simd.ConvWeightGradient;
import java.util.Random;
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
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** The 3x3 convolutions of the Disentangling Reversing Network, at widths 64 and 16, in all three directions. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Xms2g", "-Xmx2g"})
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class ConvBenchmark {
    /** Input channels, output channels and image size. */
    @Param({
        "3-64@128",
        "64-64@128",
        "128-128@64",
        "256-256@32",
        "512-512@16",
        "1024-512@16",
        "64-3@128",
        "3-16@64",
        "16-16@64",
        "48-16@64",
        "32-32@32",
        "64-64@16",
        "128-128@8",
        "16-3@64"
    })
    public String layer;

    /** Images of the batch. */
    @Param("8")
    public int batch;

    private final ShareOfPeak share = new ShareOfPeak();
    private ConvSpec spec;
    private float[] x;
    private float[] w;
    private float[] bias;
    private float[] y;
    private float[] dx;
    private float[] dw;
    private float[] dy;

    /** Allocates the layer's arrays. */
    @Setup
    public void allocate() {
        int arrow = layer.indexOf('-');
        int at = layer.indexOf('@');
        int cin = Integer.parseInt(layer.substring(0, arrow));
        int cout = Integer.parseInt(layer.substring(arrow + 1, at));
        int size = Integer.parseInt(layer.substring(at + 1));
        spec = ConvSpec.square(batch, size, size, cin, cout, 3, 1, 1);
        x = random(batch * size * size * cin);
        w = random(spec.weightSize());
        bias = random(cout);
        dy = random(spec.outPixels() * cout);
        y = new float[dy.length];
        dx = new float[x.length];
        dw = new float[w.length];
    }

    static float[] random(int size) {
        var random = new Random(size);
        var values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = random.nextFloat(-1f, 1f);
        }
        return values;
    }

    /** Measures the peak before an iteration. */
    @Setup(Level.Iteration)
    public void begin() {
        share.begin();
    }

    /** Prints the share of peak after an iteration. */
    @TearDown(Level.Iteration)
    public void print(BenchmarkParams params) {
        String method = params.getBenchmark();
        share.print(layer + " " + method.substring(method.lastIndexOf('.') + 1), spec.flops());
    }

    /** Convolution, bias and LeakyReLU. */
    @Benchmark
    public float forward() {
        share.time(() -> ConvForward.run(ConvAlgorithm.AUTO, spec, 0.2f, ImageParts.of(x, spec.cin()), w, bias, y));
        return y[0];
    }

    /** Gradient of the image. */
    @Benchmark
    public float inputGradient() {
        share.time(() -> ConvInputGradient.run(ConvAlgorithm.AUTO, spec, dy, w, ImageParts.of(dx, spec.cin())));
        return dx[0];
    }

    /** Gradient of the weights. */
    @Benchmark
    public float weightGradient() {
        share.time(() -> ConvWeightGradient.run(ConvAlgorithm.AUTO, spec, ImageParts.of(x, spec.cin()), dy, dw));
        return dw[0];
    }

    /** Runs this class with JMH's own command line, such as {@code -p layer=64-64@128 forward}. */
    public static void main(String[] args) throws RunnerException, CommandLineOptionException {
        var options = new OptionsBuilder().parent(new CommandLineOptions(args));
        if (args.length == 0) {
            options.include(ConvBenchmark.class.getName());
        }
        new Runner(options.build()).run();
    }
}
