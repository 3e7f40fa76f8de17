package dev.obverse.examples.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.obverse.backend.AsynchronousBackend;
import dev.obverse.drn.Architecture;
import dev.obverse.drn.DisentanglingReversingNetwork;
import dev.obverse.drn.DrnConfig;
import dev.obverse.drn.DrnLoss;
import dev.obverse.nn.Parameter;
import dev.obverse.nn.checkpoint.SafeTensorsWriter;
import dev.obverse.nn.optim.Adam;
import dev.obverse.nn.optim.Optimizer;
import dev.obverse.nn.train.StepReport;
import dev.obverse.nn.train.TrainListener;
import dev.obverse.nn.train.Trainer;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code obverse measure}: how long a training step takes on a device. */
@Command(
        name = "measure",
        mixinStandardHelpOptions = true,
        description = "Runs training steps of the DRN on one batch of noise on --device and prints the time of a step."
                + " The loss must stay finite and fall. With --out it writes the initial weights, the batch and what"
                + " the first step computed of it, for a comparison with another implementation.")
public final class Measure implements Callable<Integer> {
    /** First steps choose algorithms, compile and fill pools. */
    private static final int WARM_UP = 5;

    private static final int PROFILED = 5;

    @Mixin
    private final Shared shared = new Shared();

    @Option(names = "--preset", paramLabel = "NAME", defaultValue = "paper", description = "As in train (paper).")
    @SuppressWarnings("NullAway.Init")
    private String preset;

    @Option(names = "--width", paramLabel = "N", description = "Channels of the first stage (the preset's).")
    private @Nullable Integer width;

    @Option(names = "--size", paramLabel = "N", description = "Height and width of images (the preset's).")
    private @Nullable Integer size;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "32", description = "Pairs in the batch (32).")
    private int batch;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "30", description = "Steps after the first 5 (30).")
    private int steps;

    @Option(
            names = "--profile",
            description = "On a card: also print the time of every kernel. Not with -Dobverse.cuda.graph=true.")
    private boolean profile;

    private record Batch(Tensor original, Tensor fake, Tensor recognised) {}

    @Override
    public Integer call() throws IOException {
        var config = shared.checked(() -> {
            var preset = DrnConfig.of(DrnConfig.Preset.parse(this.preset));
            var a = preset.architecture();
            return preset.with(a.withSize(size == null ? a.size() : size).withWidth(width == null ? a.width() : width));
        });
        if (steps < 1 || batch < 1) {
            throw shared.usage("--steps " + steps + " and --batch " + batch + " must be at least 1");
        }
        var device = shared.device();
        if (profile && !(device.backend() instanceof AsynchronousBackend)) {
            throw shared.usage("--profile asks a card for its times: give --device cuda:0");
        }
        shared.say(device + ": " + device.backend().description());
        var network = new DisentanglingReversingNetwork(config.architecture(), shared.seed());
        network.to(device);
        var data = data(config, device);
        var out = shared.out();
        if (out != null) {
            writeFirst(Shared.writable(out), config, network, data);
        }
        return report(config.architecture(), run(config, network, data));
    }

    private Batch data(DrnConfig config, Device device) {
        var random = new Philox(shared.seed());
        int size = config.architecture().size();
        return new Batch(
                Tensor.rand(device, random, Shape.of(batch, size, size, 3)),
                Tensor.rand(device, random, Shape.of(batch, size, size, 3)),
                Tensor.randn(
                        device, random, Shape.of(batch, config.architecture().embedding())));
    }

    private record Result(double[] seconds, double toFirst, double firstLoss, double lastLoss) {}

    /** When each step was reported, and its loss. */
    private static final class Clock implements TrainListener {
        final List<Long> times = new ArrayList<>(List.of(System.nanoTime()));
        final List<Double> losses = new ArrayList<>();

        @Override
        public void onStep(StepReport report) {
            times.add(System.nanoTime());
            losses.add(report.total());
        }
    }

    /** The trainer's own steps, as in a training run, but for the data, which are there already. */
    private Result run(DrnConfig config, DisentanglingReversingNetwork network, Batch data) {
        var o = config.optimization();
        var groups = List.of(new Optimizer.Group(network.namedParameters(), o.lr(), 0));
        var adam = new Adam(groups, o.beta1(), o.beta2(), 1e-8);
        var loss = new DrnLoss(config.objective());
        var clock = new Clock();
        var trainer = new Trainer<Batch>(
                        network,
                        adam,
                        b -> List.of(b.original, b.recognised, b.fake),
                        x -> loss.of(x.get(0), x.get(1), network.forward(x.get(0), x.get(2))))
                .listener(clock);
        trainer.fit((_, _) -> Stream.generate(() -> data).limit(WARM_UP + steps).iterator(), 1);
        if (profile) {
            profile(trainer, data);
        }
        var seconds = new double[WARM_UP + steps];
        for (int i = 0; i < seconds.length; i++) {
            seconds[i] = (clock.times.get(i + 1) - clock.times.get(i)) * 1e-9;
        }
        return new Result(
                Arrays.copyOfRange(seconds, WARM_UP, seconds.length),
                seconds[0],
                clock.losses.getFirst(),
                clock.losses.get(seconds.length - 1));
    }

    /** Where a card's time goes, kernel by kernel. */
    private void profile(Trainer<Batch> trainer, Batch data) {
        var profile = ((AsynchronousBackend) shared.device().backend()).profile();
        trainer.fit((_, _) -> Stream.generate(() -> data).limit(PROFILED).iterator(), 2);
        var times = profile.take();
        double all = times.values().stream().mapToDouble(t -> t).sum();
        shared.say("%-28s %12s %7s".formatted("kernel", "ms per step", "share"));
        times.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .forEach(e -> shared.say("%-28s %12.3f %6.1f%%"
                        .formatted(e.getKey(), e.getValue() / PROFILED, 100 * e.getValue() / all)));
        shared.say("%-28s %12.3f".formatted("all, timed one by one", all / PROFILED));
    }

    private int report(Architecture a, Result r) {
        var sorted = r.seconds.clone();
        Arrays.sort(sorted);
        double median = sorted[sorted.length / 2];
        shared.say(
                "%d steps of %d pairs, width %d, %dx%d: median %.2f ms, fastest %.2f ms, the first %.0f ms; %.1f images/s"
                        .formatted(
                                sorted.length,
                                batch,
                                a.width(),
                                a.size(),
                                a.size(),
                                median * 1e3,
                                sorted[0] * 1e3,
                                r.toFirst * 1e3,
                                batch / median));
        boolean falls = r.lastLoss < r.firstLoss;
        shared.say("loss %.6g, after the last step %.6g%s"
                .formatted(r.firstLoss, r.lastLoss, falls ? "" : ": not falling"));
        shared.result(() -> JsonNodeFactory.instance
                .objectNode()
                .put("medianMs", median * 1e3)
                .put("minMs", sorted[0] * 1e3)
                .put("toFirstMs", r.toFirst * 1e3)
                .put("imagesPerSecond", batch / median)
                .put("firstLoss", r.firstLoss)
                .put("lastLoss", r.lastLoss));
        if (!falls) {
            throw new IllegalStateException("the loss did not fall, from %.6g to %.6g in %d steps: the kernels of this"
                            .formatted(r.firstLoss, r.lastLoss, WARM_UP + steps)
                    + " device may be wrong; 'obverse parity' compares them with the CPU's");
        }
        return 0;
    }

    private static void writeFirst(Path folder, DrnConfig config, DisentanglingReversingNetwork network, Batch data)
            throws IOException {
        var weights = new LinkedHashMap<String, Tensor>();
        for (Map.Entry<String, Parameter> p : network.namedParameters().entrySet()) {
            weights.put(p.getKey(), p.getValue().value());
        }
        SafeTensorsWriter.write(folder.resolve("weights.safetensors"), weights, Map.of());
        try (var _ = TensorScope.open()) {
            var passes = network.forward(data.original, data.fake);
            var loss = new DrnLoss(config.objective()).of(data.original, data.recognised, passes);
            var tensors = new LinkedHashMap<String, Tensor>();
            tensors.put("original", data.original);
            tensors.put("fake", data.fake);
            tensors.put("recognised", data.recognised);
            tensors.put("reconstruction", passes.reconstruction());
            tensors.put("traced", passes.traced());
            tensors.put("identityOfTraced", passes.identityOfTraced());
            tensors.put("attributeOfFake", passes.attributeOfFake());
            loss.terms().forEach(t -> tensors.put("loss." + t.name(), t.value()));
            tensors.put("loss.total", loss.total());
            SafeTensorsWriter.write(folder.resolve("step.safetensors"), tensors, Map.of());
        }
    }
}
