package dev.obverse.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.obverse.cuda.device.CudaContext;
import dev.obverse.cuda.host.HostCard;
import dev.obverse.nn.TrainState;
import dev.obverse.nn.layer.BatchNorm;
import dev.obverse.nn.layer.Conv2d;
import dev.obverse.nn.layer.Dropout;
import dev.obverse.nn.layer.LeakyReLU;
import dev.obverse.nn.layer.Sequential;
import dev.obverse.nn.optim.Adam;
import dev.obverse.nn.optim.Ema;
import dev.obverse.nn.optim.Schedule;
import dev.obverse.nn.train.Loss;
import dev.obverse.nn.train.StepReport;
import dev.obverse.nn.train.TrainListener;
import dev.obverse.nn.train.Trainer;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Training that does not wait for its device, and training that is recorded and replayed, on the kernels compiled for
 * this machine: the bits must be those of training that waits for everything.
 */
class LateStepsTest {
    private static final Device PLAIN = Device.cuda(97);
    private static final Device RECORDING = Device.cuda(96);
    private static final int STEPS = 9;

    @TempDir
    private static Path folder;

    private static final List<CudaContext> CONTEXTS = new ArrayList<>();

    @BeforeAll
    static void open() {
        assumeTrue(HostCard.possible(), "g++ is not on the PATH: kernels were not run on this machine");
        CONTEXTS.add(HostBackend.open(PLAIN, folder, false));
        CONTEXTS.add(HostBackend.open(RECORDING, folder, true));
    }

    @AfterAll
    static void close() {
        CONTEXTS.forEach(CudaContext::close);
    }

    private record Batch(float[] x, float[] y) {}

    /** A small network with everything that a step changes, its trainer, and what the listeners heard. */
    private static final class Run implements TrainListener {
        final Device device;
        final Sequential model;
        final Adam optimizer;
        final Trainer<Batch> trainer;
        final Ema ema;
        final List<StepReport> reports = new ArrayList<>();
        int poisoned = -1;
        int stopAfter = 2 * STEPS - 3;

        Run(Device device, boolean dropout) {
            this.device = device;
            var random = new Philox(3);
            model = new Sequential(
                    new Conv2d(3, 5, 3, random), new BatchNorm(5), new LeakyReLU(0.2), new Conv2d(5, 3, 1, random));
            if (dropout) {
                model.add("drop", new Dropout(0.5, random));
            }
            model.to(device);
            ema = new Ema(model, 0.9);
            optimizer = new Adam(model.namedParameters(), 0.02);
            trainer = new Trainer<Batch>(model, optimizer, this::inputs, this::loss)
                    .schedule(Schedule.cosine(30, 0.1).afterWarmUp(3))
                    .clipNorm(0.4)
                    .ema(ema)
                    .listener(this);
        }

        private List<Tensor> inputs(Batch batch) {
            var shape = Shape.of(batch.y.length / 90, 6, 5, 3);
            return List.of(Tensor.of(device, batch.x, shape), Tensor.of(device, batch.y, shape));
        }

        private Loss loss(List<Tensor> inputs) {
            var made = model.forward(inputs.get(0));
            return Loss.of("mse", Functional.mseLoss(made, inputs.get(1)))
                    .plus("l1", 0.5, Functional.l1Loss(made, inputs.get(1)))
                    .plus("size", 0, made.square().mean());
        }

        Iterator<Batch> batches(long epoch, long skip) {
            return LongStream.range(skip, STEPS)
                    .mapToObj(i -> {
                        var batch = batch(epoch * 100 + i, 2);
                        if (i == poisoned) {
                            batch.x[5] = Float.NaN;
                        }
                        return batch;
                    })
                    .iterator();
        }

        @Override
        public void onStep(StepReport report) {
            reports.add(report);
        }

        @Override
        public boolean shouldStop(long steps) {
            return steps >= stopAfter;
        }

        /** By steps that wait for everything. */
        Run waiting() {
            model.train();
            for (int epoch = 0; epoch < 2; epoch++) {
                var batches = batches(epoch, 0);
                while (batches.hasNext() && trainer.steps() < stopAfter) {
                    reports.add(trainer.step(batches));
                }
            }
            return this;
        }

        Run fitting() {
            trainer.fit(this::batches, 2);
            return this;
        }

        /** One epoch of these batches. */
        void fitting(LongFunction<Batch> batches) {
            trainer.fit(
                    (_, skip) -> LongStream.range(skip, STEPS).mapToObj(batches).iterator(), 1);
        }

        void assertLike(Run expected) {
            assertSame(expected.trainer.state().tensors(), trainer.state().tensors());
            assertEquals(expected.reports.size(), reports.size());
            for (int i = 0; i < reports.size(); i++) {
                var e = expected.reports.get(i);
                var a = reports.get(i);
                assertEquals(e.step(), a.step());
                assertEquals(e.terms(), a.terms());
                assertEquals(e.total(), a.total());
                assertEquals(e.lrFactor(), a.lrFactor());
                assertEquals(e.gradientNorm(), a.gradientNorm(), 1e-6 * e.gradientNorm());
            }
        }
    }

    private static Batch batch(long number, int images) {
        var random = new Philox(9).stream(number);
        var x = new float[90 * images];
        var y = new float[90 * images];
        random.fillNormal(x, 0, 1);
        random.fillNormal(y, 0, 1);
        return new Batch(x, y);
    }

    private static void assertSame(Map<String, Tensor> expected, Map<String, Tensor> actual) {
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach((name, tensor) -> assertArrayEquals(
                tensor.toArray(), actual.getOrDefault(name, tensor).toArray(), name));
    }

    @Test
    void lateStepsGiveTheBitsOfStepsThatWait() {
        var expected = new Run(PLAIN, false).waiting();
        assertEquals(2 * STEPS - 3, expected.trainer.steps());
        assertTrue(expected.reports.stream().anyMatch(r -> r.gradientNorm() > 0.4), "clipped");
        new Run(PLAIN, false).fitting().assertLike(expected);
    }

    @Test
    void recordedStepsGiveTheSameBits() {
        long before = CONTEXTS.get(1).recordings();
        var expected = new Run(PLAIN, false).waiting();
        new Run(RECORDING, false).fitting().assertLike(expected);
        assertEquals(before + 1, CONTEXTS.get(1).recordings(), "it was recorded");
    }

    /** Masks are drawn on this machine in every step: nothing can be recorded, and no draw is lost or made twice. */
    @Test
    void stepsThatDrawRandomNumbersAreNotRecorded() {
        long before = CONTEXTS.get(1).recordings();
        var expected = new Run(PLAIN, true).waiting();
        new Run(RECORDING, true).fitting().assertLike(expected);
        assertEquals(before, CONTEXTS.get(1).recordings(), "it was not recorded");
    }

    /** Between replays the pool belongs to everybody else: their tensors must survive the next replay. */
    @Test
    void replaysLeaveOtherTensorsAlone() {
        var run = new Run(RECORDING, false);
        var kept = new ArrayList<Tensor>();
        run.trainer.listener(new TrainListener() {
            @Override
            public void onStep(StepReport report) {
                for (int length : new int[] {1, 3, 5, 90, 100, 180, 270, 300, 450}) {
                    kept.add(Tensor.full(RECORDING, kept.size(), Shape.of(length)));
                }
            }
        });
        run.fitting().assertLike(new Run(PLAIN, false).waiting());
        for (int i = 0; i < kept.size(); i++) {
            for (float value : kept.get(i).toArray()) {
                assertEquals(i, value);
            }
        }
    }

    @Test
    void aLossThatIsNotFiniteLeavesTheWeightsAlone() {
        for (var device : List.of(PLAIN, RECORDING)) {
            for (int at : new int[] {0, 2, 7}) {
                var good = new Run(device, false);
                good.stopAfter = at;
                if (at > 0) {
                    good.fitting();
                }
                var run = new Run(device, false);
                run.poisoned = at;
                var error = assertThrows(ArithmeticException.class, run::fitting);
                assertTrue(
                        String.valueOf(error.getMessage())
                                .startsWith("Step " + (at + 1) + ": the loss term 'mse' is NaN"),
                        error.getMessage());
                assertEquals(at, run.reports.size());
                assertSame(weights(good), weights(run));
                assertAsBefore(good, run);
            }
        }
    }

    private static Map<String, Tensor> weights(Run run) {
        var weights = new LinkedHashMap<String, Tensor>();
        run.model.namedParameters().forEach((name, parameter) -> weights.put(name, parameter.value()));
        return weights;
    }

    /** Optimiser, averages and counters, too: a run can go on from there. */
    private static void assertAsBefore(Run good, Run run) {
        var expected = good.trainer.state();
        var actual = run.trainer.state();
        assertEquals(expected.metadata(), actual.metadata());
        assertEquals(expected.tensors().keySet(), actual.tensors().keySet());
        assertSame(besideTheModel(expected), besideTheModel(actual));
    }

    /** Batch norm's averages have seen the batch; its weights are compared apart. */
    private static Map<String, Tensor> besideTheModel(TrainState state) {
        var tensors = new LinkedHashMap<>(state.tensors());
        tensors.keySet().removeIf(name -> name.startsWith("model."));
        return tensors;
    }

    @Test
    void aStepThatCannotBeStartedIsNotCounted() {
        var run = new Run(PLAIN, false);
        var good = new Run(PLAIN, false);
        good.stopAfter = 2;
        good.fitting();
        var error = assertThrows(
                IllegalArgumentException.class,
                () -> run.fitting(i -> {
                    var batch = batch(i, 2);
                    return i == 2 ? new Batch(new float[7], batch.y) : batch;
                }));
        assertTrue(String.valueOf(error.getMessage()).contains("7"), error.getMessage());
        assertAsBefore(good, run);
    }

    /** A resumed run may begin with the small batch at an epoch's end. */
    @Test
    void aSmallFirstBatchIsNotWhatIsRecorded() {
        long before = CONTEXTS.get(1).recordings();
        var expected = new Run(PLAIN, false);
        var recorded = new Run(RECORDING, false);
        for (var run : List.of(expected, recorded)) {
            run.fitting(i -> batch(i, i == 0 ? 1 : 2));
        }
        recorded.assertLike(expected);
        assertEquals(before + 1, CONTEXTS.get(1).recordings(), "the usual batch was recorded");
    }

    @Test
    void aBatchOfAnotherSizeIsDonePlainly() {
        var expected = new Run(PLAIN, false);
        var recorded = new Run(RECORDING, false);
        for (var run : List.of(expected, recorded)) {
            run.fitting(i -> batch(i, i == STEPS - 3 ? 1 : 2));
        }
        recorded.assertLike(expected);
    }

    /** An optimiser that is restored has other tensors, which a recorded step does not know. */
    @Test
    void aRestoredOptimizerIsRecordedAnew() {
        long before = CONTEXTS.get(1).recordings();
        var expected = new Run(PLAIN, false);
        var recorded = new Run(RECORDING, false);
        for (var run : List.of(expected, recorded)) {
            run.trainer.listener(new TrainListener() {
                private @Nullable TrainState saved;

                @Override
                public void onStep(StepReport report) {
                    if (report.step() == 2) {
                        saved = lasting(run.optimizer.state());
                    } else if (report.step() == STEPS && saved != null) {
                        run.optimizer.restore(saved);
                    }
                }
            });
            run.fitting();
        }
        recorded.assertLike(expected);
        assertEquals(before + 2, CONTEXTS.get(1).recordings(), "it was recorded twice");
    }

    private static TrainState lasting(TrainState state) {
        var tensors = new LinkedHashMap<String, Tensor>();
        state.tensors().forEach((name, t) -> tensors.put(name, Tensor.of(Device.cpu(), t.toArray(), t.shape())));
        return new TrainState(tensors, state.metadata());
    }

    /** The batches would go on from where they are, and a step that has been started would be told of. */
    @Test
    void aTrainerIsNotRestoredWithinFit() {
        var run = new Run(RECORDING, false);
        var saved = run.trainer.state();
        run.trainer.listener(new TrainListener() {
            @Override
            public void onStep(StepReport report) {
                run.trainer.restore(saved);
            }
        });
        var error = assertThrows(IllegalStateException.class, run::fitting);
        assertTrue(String.valueOf(error.getMessage()).contains("fit is running"), error.getMessage());
        run.trainer.restore(saved); // and afterwards it is
        assertEquals(0, run.trainer.steps());
    }
}
