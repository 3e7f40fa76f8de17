package dev.obverse.examples.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.obverse.backend.Backend;
import dev.obverse.backend.Backends;
import dev.obverse.drn.DisentanglingReversingNetwork;
import dev.obverse.drn.DrnConfig;
import dev.obverse.drn.DrnLoss;
import dev.obverse.examples.command.ParityBackend.Comparison;
import dev.obverse.nn.optim.Adam;
import dev.obverse.nn.optim.Optimizer;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code obverse parity}: does a device compute what the CPU computes? */
@Command(
        name = "parity",
        mixinStandardHelpOptions = true,
        description = "Runs one training step of the DRN on the CPU and on --device. Every kernel runs on both from the"
                + " same inputs; printed are the largest differences, relative to the largest value, and the first one"
                + " over its tolerance. Then the losses and gradients of two independent steps are compared.")
public final class Parity implements Callable<Integer> {
    /** Of losses and of each element of gradients after some 30 layers, forward and backward, in float32. */
    private static final double STEP_TOLERANCE = 1e-3;

    /**
     * Where inputs of products are rounded, of losses. Rounding moves elements across the kinks of L1 losses and
     * LeakyReLU, and with them whole gradients: these are compared as one vector. On a CPU whose products took inputs
     * cut to 11 or rounded to 8 bits, the largest differences were 7e-3 and 3e-2 of losses, 0.09 and 0.14 of gradients.
     */
    private static final Map<String, Double> ROUNDED_LOSSES = Map.of("tf32", 2e-2, "bf16", 6e-2);

    /** The same of the distance of gradients, relative to their length. */
    private static final Map<String, Double> ROUNDED_GRADIENTS = Map.of("tf32", 0.2, "bf16", 0.3);

    /**
     * Differences of smaller gradients are relative to this part of the largest: those of biases before batch norm are
     * zero but for rounding.
     */
    private static final double NOISE = 1e-2;

    @Mixin
    private final Shared shared = new Shared();

    @Option(names = "--preset", paramLabel = "NAME", defaultValue = "paper", description = "As in train (paper).")
    @SuppressWarnings("NullAway.Init")
    private String preset;

    @Option(names = "--width", paramLabel = "N", defaultValue = "8", description = "Channels of the first stage (8).")
    private int width;

    @Option(names = "--size", paramLabel = "N", defaultValue = "32", description = "Height and width of images (32).")
    private int size;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "2", description = "Pairs in the step (2).")
    private int batch;

    @Override
    public Integer call() {
        var config = shared.checked(() -> {
            var preset = DrnConfig.of(DrnConfig.Preset.parse(this.preset));
            return preset.with(
                    preset.architecture().withSize(size).withWidth(width).withEmbedding(64));
        });
        var device = shared.device();
        if (device.equals(Device.cpu())) {
            throw shared.usage("parity compares --device with the CPU: give another one, cuda:0 for instance");
        }
        var backend = device.backend();
        shared.say("CPU: " + Device.cpu().backend().description());
        shared.say(device + ": " + backend.description());

        boolean alike = compareSteps(config, device);
        var paired = new ParityBackend(Device.cpu().backend(), backend);
        Backends.use(device, paired.as(device));
        try {
            step(config, device);
        } finally {
            Backends.use(device, backend);
        }
        alike &= report(paired.comparisons(), tolerances(backend));
        boolean result = alike;
        shared.result(() -> JsonNodeFactory.instance
                .objectNode()
                .put("device", device.toString())
                .put("kernels", paired.comparisons().size())
                .put("alike", result));
        if (!alike) {
            throw new IllegalStateException(device + " does not give what the CPU gives: the lines above name what"
                    + " differs and by how much");
        }
        return 0;
    }

    // ---- kernel by kernel

    /** By family; the arithmetic of a sum of products is as exact as its longest sum allows. */
    private static Map<String, Double> tolerances(Backend backend) {
        double products = switch (arithmetic(backend)) {
            case "tf32" -> 5e-3;
            case "bf16" -> 3e-2;
            default -> 2e-5;
        };
        return Map.of(
                "Elementwise", 2e-6,
                "Reduce", 1e-5,
                "Matmul", products,
                "Conv", products,
                "Pool", 2e-6,
                "Norm", 2e-5,
                "Resample", 2e-6,
                "Index", 0.0,
                "Optimizer", 1e-5);
    }

    /** What a card's description says of how it takes the inputs of products. */
    private static String arithmetic(Backend backend) {
        return Stream.of("tf32", "bf16")
                .filter(a -> backend.description().contains(", " + a))
                .findFirst()
                .orElse("float32");
    }

    private boolean report(List<Comparison> comparisons, Map<String, Double> tolerances) {
        Comparison first = null;
        int over = 0;
        shared.say("%-12s %-20s %6s %10s %9s  %s"
                .formatted("family", "kernel", "calls", "difference", "allowed", "shape"));
        for (var c : comparisons) {
            double allowed = tolerances.getOrDefault(c.family(), 0.0);
            boolean wrong = c.difference() > allowed;
            if (wrong) {
                over++;
                first = first == null ? c : first;
            }
            shared.say("%-12s %-20s %6d %10.1e %9.0e%s %s"
                    .formatted(
                            c.family(), c.kernel(), c.calls(), c.difference(), allowed, wrong ? "!" : " ", c.shape()));
        }
        shared.say(
                first == null
                        ? "All %d kernels and shapes agree.".formatted(comparisons.size())
                        : "%d of %d kernels and shapes differ; the first is %s %s"
                                .formatted(over, comparisons.size(), first.kernel(), first.shape()));
        return first == null;
    }

    // ---- two independent steps

    private boolean compareSteps(DrnConfig config, Device device) {
        var expected = step(config, Device.cpu());
        var actual = step(config, device);
        double scale = expected.entrySet().stream()
                .filter(e -> !e.getKey().startsWith("loss"))
                .flatMapToDouble(e -> Arrays.stream(e.getValue()))
                .map(Math::abs)
                .max()
                .orElse(0);
        var arithmetic = arithmetic(device.backend());
        boolean exact = arithmetic.equals("float32");
        String worst = "";
        double largest = 0;
        double distance = 0;
        double length = 0;
        for (var name : expected.keySet()) {
            boolean loss = name.startsWith("loss");
            var e = expected.get(name);
            var a = actual.getOrDefault(name, new double[0]);
            double d = ParityBackend.difference(e, a, loss ? 0 : NOISE * scale);
            if (loss) {
                shared.say("%-14s %.7g on the CPU, %.1e apart".formatted(name, e[0], d));
            } else {
                for (int i = 0; i < e.length; i++) {
                    distance += (e[i] - a[i]) * (e[i] - a[i]);
                    length += e[i] * e[i];
                }
            }
            if ((loss || exact) && d >= largest) {
                largest = d;
                worst = name;
            }
        }
        double allowed = ROUNDED_LOSSES.getOrDefault(arithmetic, STEP_TOLERANCE);
        double apart = Math.sqrt(distance / length);
        double allowedApart = ROUNDED_GRADIENTS.getOrDefault(arithmetic, STEP_TOLERANCE);
        boolean alike = largest <= allowed && apart <= allowedApart;
        shared.say(
                "Independent steps: largest difference %.1e at %s, allowed %.0e; gradients %.1e of their length apart,"
                                .formatted(largest, worst, allowed, apart)
                        + " allowed %.0e%s".formatted(allowedApart, alike ? "" : "!"));
        return alike;
    }

    /** One step; every loss term and every gradient by name. */
    private Map<String, double[]> step(DrnConfig config, Device device) {
        var values = new LinkedHashMap<String, double[]>();
        var network = new DisentanglingReversingNetwork(config.architecture(), shared.seed());
        network.to(device);
        var o = config.optimization();
        var adam = new Adam(
                List.of(new Optimizer.Group(network.namedParameters(), o.lr(), 0)), o.beta1(), o.beta2(), 1e-8);
        var random = new Philox(shared.seed());
        try (var _ = TensorScope.open()) {
            var original = Tensor.rand(device, random, Shape.of(batch, size, size, 3));
            var fake = Tensor.rand(device, random, Shape.of(batch, size, size, 3));
            var recognised = Tensor.randn(
                    device, random, Shape.of(batch, config.architecture().embedding()));
            var loss = new DrnLoss(config.objective()).of(original, recognised, network.forward(original, fake));
            loss.total().backward();
            values.put("loss", new double[] {loss.total().item()});
            loss.terms()
                    .forEach(t -> values.put(
                            "loss " + t.name(), new double[] {t.value().item()}));
            network.namedParameters().forEach((name, p) -> {
                var gradient = p.grad();
                if (gradient != null) {
                    values.put(name, gradient.toDoubleArray());
                }
            });
            adam.step();
        }
        return values;
    }
}
