package dev.obverse.contract;

import dev.obverse.autograd.NoGrad;
import dev.obverse.cuda.CardContract;
import dev.obverse.cuda.CudaBackend;
import dev.obverse.nn.layer.BatchNorm;
import dev.obverse.nn.layer.Conv2d;
import dev.obverse.nn.layer.LeakyReLU;
import dev.obverse.nn.layer.Sequential;
import dev.obverse.nn.optim.Adam;
import dev.obverse.nn.optim.Ema;
import dev.obverse.nn.train.Loss;
import dev.obverse.nn.train.StepReport;
import dev.obverse.nn.train.TrainListener;
import dev.obverse.nn.train.Trainer;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * What {@code PaperCardTest} runs: the kit's cases that go to cuDNN and cuBLAS, and training steps recorded and not.
 */
public final class PaperProgram {
    /** Of an input of a case. */
    private static final int MOST_ELEMENTS = 10_000;

    private PaperProgram() {}

    public static void main(String[] args) throws Throwable {
        var failures = new ArrayList<String>();
        var modes = List.of("float32", "tf32", "bf16");
        for (var mode : List.of("float32", "bf16")) { // what is special to TF32 is in the training
            System.setProperty("obverse.cuda.math", mode);
            kit(Device.cuda(modes.indexOf(mode)), failures);
        }
        for (var mode : modes) {
            System.setProperty("obverse.cuda.math", mode);
            var started = train(Device.cuda(modes.indexOf(mode)));
            System.setProperty("obverse.cuda.graph", "true");
            var recorded = train(Device.cuda(3 + modes.indexOf(mode)));
            System.clearProperty("obverse.cuda.graph");
            if (!started.equals(recorded)) {
                failures.add(mode + ": losses " + started + " started one by one, recorded " + recorded);
            }
        }
        failures.forEach(System.out::println);
        System.exit(failures.isEmpty() ? 0 : 1);
    }

    private static void kit(Device device, List<String> failures) {
        BackendContract kit = new CardContract(device) {};
        // shapes that fill several of the CPU's tiles say nothing new about a call, and a card on paper is slow
        var large = OpCatalogue.ops().stream()
                .filter(c -> c.inputs().stream().anyMatch(x -> x.shape().size() > MOST_ELEMENTS))
                .map(Case::name)
                .collect(Collectors.toSet());
        var tests = Stream.concat(kit.ops(), kit.kernels())
                .filter(t -> t.getDisplayName().matches("(?i).*(conv|matmul|inference|three products).*"))
                .filter(t -> !large.contains(t.getDisplayName()))
                .toList();
        if (tests.size() < 100) {
            failures.add("only " + tests.size() + " cases of the kit go to cuDNN and cuBLAS");
        }
        for (DynamicTest test : tests) {
            try {
                test.getExecutable().execute();
            } catch (Throwable e) {
                failures.add(device.backend().description() + ": " + e);
            }
        }
    }

    /** Losses of steps, between which the model is looked at: copies of its weights must not outlive a replay. */
    private static List<Double> train(Device device) {
        var random = new Philox(3);
        var model = new Sequential(
                new Conv2d(3, 5, 3, random), new BatchNorm(5), new LeakyReLU(0.2), new Conv2d(5, 3, 1, random));
        model.to(device);
        var losses = new ArrayList<Double>();
        var probe = Tensor.randn(device, new Philox(5), Shape.of(1, 4, 4, 3));
        var trainer = new Trainer<Long>(
                        model,
                        new Adam(model.namedParameters(), 0.02),
                        i -> List.of(Tensor.randn(device, new Philox(9).stream(i), Shape.of(2, 6, 5, 3))),
                        x -> Loss.of("mse", Functional.mseLoss(model.forward(x.getFirst()), x.getFirst())))
                .ema(new Ema(model, 0.9))
                .listener(new TrainListener() {
                    @Override
                    public void onStep(StepReport report) {
                        losses.add(report.total());
                        try (var _ = NoGrad.open()) {
                            losses.add(model.forward(probe).sum().item());
                        }
                    }
                });
        trainer.fit((_, skip) -> LongStream.range(skip, 9).boxed().iterator(), 1);
        if (!(device.backend() instanceof CudaBackend)) {
            throw new IllegalStateException(device + " is no card");
        }
        return losses;
    }
}
