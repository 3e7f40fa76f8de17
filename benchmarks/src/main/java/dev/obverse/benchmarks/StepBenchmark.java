package dev.obverse.benchmarks;

import dev.obverse.drn.DisentanglingReversingNetwork;
import dev.obverse.drn.DrnConfig;
import dev.obverse.drn.DrnLoss;
import dev.obverse.nn.optim.Adam;
import dev.obverse.nn.optim.Optimizer;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.util.List;
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

/** One whole training step of the paper's network and losses: forward, backward, Adam. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 10)
@Measurement(iterations = 3, time = 10)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-XX:+UseParallelGC", "-Xms10g", "-Xmx10g"})
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class StepBenchmark {
    private static final int EMBEDDING = 512;

    /** Width, image size and batch. */
    @Param({"16-64-16", "64-128-2"})
    public String shape;

    private DisentanglingReversingNetwork network;
    private DrnLoss loss;
    private Optimizer adam;
    private Tensor original;
    private Tensor fake;
    private Tensor recognised;

    /** Makes the network and a batch of noise. */
    @Setup
    public void allocate() {
        var parts = shape.split("-", 3);
        int width = Integer.parseInt(parts[0]);
        int size = Integer.parseInt(parts[1]);
        int batch = Integer.parseInt(parts[2]);
        var paper = DrnConfig.of(DrnConfig.Preset.PAPER);
        network = new DisentanglingReversingNetwork(
                paper.architecture().withSize(size).withWidth(width).withEmbedding(EMBEDDING), 1);
        loss = new DrnLoss(paper.objective());
        var o = paper.optimization();
        adam = new Adam(List.of(new Optimizer.Group(network.namedParameters(), o.lr(), 0)), o.beta1(), o.beta2(), 1e-8);
        var random = new Philox(1);
        original = Tensor.rand(Device.cpu(), random, Shape.of(batch, size, size, 3));
        fake = Tensor.rand(Device.cpu(), random, Shape.of(batch, size, size, 3));
        recognised = Tensor.randn(Device.cpu(), random, Shape.of(batch, EMBEDDING));
    }

    @Benchmark
    public double step() {
        try (var _ = TensorScope.open()) {
            adam.zeroGrad();
            var total = loss.of(original, recognised, network.forward(original, fake))
                    .total();
            total.backward();
            adam.step();
            return total.item();
        }
    }
}
