package dev.obverse.nn.train;

import static dev.obverse.nn.Thrown.message;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.nn.Layer;
import dev.obverse.nn.TrainState;
import dev.obverse.nn.layer.BatchNorm;
import dev.obverse.nn.layer.Dropout;
import dev.obverse.nn.layer.Linear;
import dev.obverse.nn.layer.Sequential;
import dev.obverse.nn.layer.Tanh;
import dev.obverse.nn.optim.Adam;
import dev.obverse.nn.optim.Ema;
import dev.obverse.nn.optim.SGD;
import dev.obverse.nn.optim.Schedule;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TrainerTest {
    private static final int BATCHES = 5;

    record Batch(Tensor x, Tensor y) {}

    /** Batches of {@code y = 2 x0 - x1 + 0.5} that depend on epoch and position only. */
    private static Iterator<Batch> batches(long epoch, long skip) {
        return LongStream.range(skip, BATCHES)
                .mapToObj(i -> batch(new Philox(9).stream(epoch * 100 + i)))
                .iterator();
    }

    private static Batch batch(Philox random) {
        var x = Tensor.randn(Device.cpu(), random, Shape.of(8, 2));
        var values = x.toArray();
        var y = new float[8];
        for (int i = 0; i < 8; i++) {
            y[i] = 2 * values[2 * i] - values[2 * i + 1] + 0.5f;
        }
        return new Batch(x, Tensor.of(Device.cpu(), y, Shape.of(8, 1)));
    }

    private static Loss mse(Layer model, Batch batch) {
        return Loss.of("mse", Functional.mseLoss(model.forward(batch.x()), batch.y()));
    }

    private static final class Log implements TrainListener {
        final List<StepReport> reports = new ArrayList<>();
        final List<Long> epochs = new ArrayList<>();
        long stopAfter = Long.MAX_VALUE;

        @Override
        public void onStep(StepReport report) {
            reports.add(report);
        }

        @Override
        public void onEpoch(long epoch) {
            epochs.add(epoch);
        }

        @Override
        public boolean shouldStop(long steps) {
            return steps >= stopAfter;
        }
    }

    @Test
    void linearRegressionFindsItsCoefficients() {
        var model = new Linear(2, 1, new Philox(1));
        var log = new Log();
        new Trainer<Batch>(model, new SGD(model.namedParameters(), 0.1, 0.5), b -> mse(model, b))
                .schedule(Schedule.cosine(100, 0).afterWarmUp(5))
                .listener(log)
                .fit(TrainerTest::batches, 20);
        assertArrayEquals(new float[] {2, -1}, model.parameter("weight").value().toArray(), 1e-3f);
        assertEquals(0.5, model.parameter("bias").value().item(), 1e-3);
        assertEquals(100, log.reports.size());
        assertEquals(20, log.epochs.size());
        var last = log.reports.getLast();
        assertEquals(100, last.step());
        assertEquals(19, last.epoch());
        assertEquals(List.of("mse"), List.copyOf(last.terms().keySet()));
        assertTrue(last.total() < 1e-4 && log.reports.getFirst().total() > 1);
        assertEquals(0.2, log.reports.getFirst().lrFactor(), 1e-12);
    }

    // ---- resuming

    /** Everything that has a state: batch norm, dropout, Adam, averages, a schedule, accumulation over a ragged end. */
    private static final class Run {
        final Sequential model;
        final Trainer<Batch> trainer;
        final Log log = new Log();

        Run(long seed) {
            var random = new Philox(seed);
            model = new Sequential(
                    new Linear(2, 6, random),
                    new BatchNorm(6),
                    new Tanh(),
                    new Dropout(0.3, random),
                    new Linear(6, 1, random));
            trainer = new Trainer<Batch>(model, new Adam(model.namedParameters(), 0.05), b -> mse(model, b))
                    .schedule(Schedule.cosine(30, 0.1))
                    .accumulate(2)
                    .clipNorm(1)
                    .ema(new Ema(model, 0.9))
                    .listener(log);
        }
    }

    private static TrainState copy(TrainState state) {
        var tensors = new LinkedHashMap<String, Tensor>();
        state.tensors().forEach((name, t) -> tensors.put(name, Tensor.of(t.device(), t.toDoubleArray(), t.shape())));
        return new TrainState(tensors, state.metadata());
    }

    private static void assertSame(TrainState expected, TrainState actual) {
        assertEquals(expected.metadata(), actual.metadata());
        assertEquals(expected.tensors().keySet(), actual.tensors().keySet());
        actual.tensors()
                .forEach((name, t) -> assertArrayEquals(
                        expected.tensors().getOrDefault(name, t).toArray(), t.toArray(), name));
    }

    @Test
    void aRunResumedAnywhereEqualsAnUninterruptedOneBitForBit() {
        var whole = new Run(1);
        whole.trainer.fit(TrainerTest::batches, 4);
        for (long stop : new long[] {1, 3, 5, 11}) {
            var first = new Run(1);
            first.log.stopAfter = stop;
            first.trainer.fit(TrainerTest::batches, 4);
            assertEquals(stop, first.trainer.steps());
            var saved = copy(first.trainer.state());
            var second = new Run(2);
            second.trainer.restore(saved);
            second.trainer.fit(TrainerTest::batches, 4);
            assertSame(whole.trainer.state(), second.trainer.state());
            var reports = new ArrayList<>(first.log.reports);
            reports.addAll(second.log.reports);
            assertEquals(whole.log.reports, reports);
        }
        assertEquals(12, whole.trainer.steps()); // five batches by twos are three steps
        assertTrue(whole.trainer.state().tensors().containsKey("ema.0.weight"));
        assertTrue(whole.trainer.state().tensors().containsKey("model.1.running_var"));
        assertTrue(whole.trainer.state().tensors().containsKey("optimizer.4.bias.exp_avg_sq"));
    }

    @Test
    void aStateOfAnotherModelIsRefused() {
        var run = new Run(1);
        var model = new Linear(2, 1, new Philox(1));
        var other = new Trainer<Batch>(model, new Adam(model.namedParameters(), 0.1), b -> mse(model, b));
        assertThrows(IllegalArgumentException.class, () -> other.restore(run.trainer.state()));
        assertThrows(IllegalArgumentException.class, () -> run.trainer.restore(other.state()));
    }

    // ---- accumulation and clipping

    @Test
    void accumulatedBatchesGiveTheGradientOfTheirUnion() {
        var batches = List.of(batch(new Philox(1)), batch(new Philox(2)));
        var union = new Batch(
                Functional.concat(0, batches.get(0).x(), batches.get(1).x()),
                Functional.concat(0, batches.get(0).y(), batches.get(1).y()));
        var a = new Linear(2, 1, new Philox(3));
        var b = new Linear(2, 1, new Philox(3));
        var reportA = new Trainer<Batch>(a, new SGD(a.namedParameters(), 0.1, 0), x -> mse(a, x))
                .accumulate(2)
                .step(batches.iterator());
        var reportB = new Trainer<Batch>(b, new SGD(b.namedParameters(), 0.1, 0), x -> mse(b, x))
                .step(List.of(union).iterator());
        assertEquals(reportB.total(), reportA.total(), 1e-5);
        assertArrayEquals(
                b.parameter("weight").value().toArray(),
                a.parameter("weight").value().toArray(),
                1e-6f);
    }

    /** A loader fills the same arrays again, so a batch must be used up before the next is asked for. */
    @Test
    void accumulationUsesEachBatchBeforeItAsksForTheNext() {
        var source = List.of(batch(new Philox(1)), batch(new Philox(2)));
        var reused = new Batch(
                Tensor.zeros(Device.cpu(), source.get(0).x().shape()),
                Tensor.zeros(Device.cpu(), source.get(0).y().shape()));
        var reusing = source.stream()
                .map(b -> {
                    reused.x().set(b.x());
                    reused.y().set(b.y());
                    return reused;
                })
                .iterator();
        var a = new Linear(2, 1, new Philox(3));
        var b = new Linear(2, 1, new Philox(3));
        new Trainer<Batch>(a, new SGD(a.namedParameters(), 0.1, 0), x -> mse(a, x))
                .accumulate(2)
                .step(source.iterator());
        new Trainer<Batch>(b, new SGD(b.namedParameters(), 0.1, 0), x -> mse(b, x))
                .accumulate(2)
                .step(reusing);
        assertArrayEquals(
                a.parameter("weight").value().toArray(),
                b.parameter("weight").value().toArray());
    }

    @Test
    void clippingBoundsTheStep() {
        var batches = List.of(batch(new Philox(1)), batch(new Philox(2)));
        var free = step(new SGDStep(), batches);
        double norm = Math.hypot(Math.hypot(free[0], free[1]), free[2]);
        var byNorm = step(new SGDStep().norm(0.5), batches);
        for (int i = 0; i < 3; i++) {
            assertEquals(free[i] * 0.5 / norm, byNorm[i], 1e-5);
        }
        var byValue = step(new SGDStep().value(0.25), batches);
        for (int i = 0; i < 3; i++) {
            assertEquals(Math.clamp(free[i], -0.25, 0.25), byValue[i], 1e-5);
        }
    }

    private static final class SGDStep {
        final Linear model = new Linear(2, 1, new Philox(3));
        final Trainer<Batch> trainer = new Trainer<>(model, new SGD(model.namedParameters(), 1, 0), b -> mse(model, b));

        SGDStep norm(double max) {
            trainer.clipNorm(max);
            return this;
        }

        SGDStep value(double max) {
            trainer.clipValue(max);
            return this;
        }
    }

    /** The descent direction that one step took, weights and bias. */
    private static double[] step(SGDStep s, List<Batch> batches) {
        var before = s.model.state().tensors().values().stream()
                .flatMapToDouble(t -> Arrays.stream(t.toDoubleArray()))
                .toArray();
        s.trainer.accumulate(batches.size()).step(batches.iterator());
        var after = s.model.state().tensors().values().stream()
                .flatMapToDouble(t -> Arrays.stream(t.toDoubleArray()))
                .toArray();
        for (int i = 0; i < after.length; i++) {
            after[i] = before[i] - after[i];
        }
        return after;
    }

    // ---- checks

    @Test
    void aLossThatIsNotFiniteIsNamedWithItsStepAndTheWeightsStay() {
        var model = new Linear(2, 1, new Philox(1));
        var steps = new int[1];
        var trainer = new Trainer<Batch>(model, new SGD(model.namedParameters(), 0.1, 0), b -> {
            var y = model.forward(b.x());
            var bad = steps[0]++ == 1 ? y.mean().mul(Double.NaN) : y.square().mean();
            return Loss.of("fine", Functional.mseLoss(y, b.y()))
                    .plus("watched", 0, y.mean().mul(Double.NaN))
                    .plus("bad", 2, bad);
        });
        var batch = List.of(batch(new Philox(1)));
        var report = trainer.step(batch.iterator());
        assertEquals(report.term("fine") + 2 * report.term("bad"), report.total(), 1e-5);
        assertTrue(Double.isNaN(report.term("watched")));
        var before = model.parameter("weight").value().toArray();
        var text = message(ArithmeticException.class, () -> trainer.step(batch.iterator()));
        assertTrue(text.startsWith("Step 2: the loss term 'bad' is NaN"), text);
        assertArrayEquals(before, model.parameter("weight").value().toArray());
        assertEquals(1, trainer.steps());
        trainer.step(batch.iterator()); // and it can go on
    }

    @Test
    void theFirstStepNamesTermsAndParametersOutOfReach() {
        var used = new Linear(2, 1, new Philox(1));
        var unused = new Linear(2, 1, new Philox(2));
        var model = new Sequential().add("used", used).add("unused", unused);
        var trainer = new Trainer<Batch>(
                model,
                new SGD(model.namedParameters(), 0.1, 0),
                b -> mse(used, b).plus("cut", 1, used.forward(b.x()).detach().mean()));
        var batch = List.of(batch(new Philox(1)));
        assertEquals(
                "The loss and the parameters do not fit together: no trainable parameter influences the loss term cut"
                        + " (remove it, give it weight 0, or look for a detach); no loss term reaches the parameter"
                        + " unused.weight, unused.bias (use it or freeze it)",
                message(IllegalStateException.class, () -> trainer.step(batch.iterator())));
        unused.freeze();
        var again = message(IllegalStateException.class, () -> trainer.step(batch.iterator()));
        assertTrue(again.contains("cut") && !again.contains("unused"), again);
    }

    @Test
    void reachSeesThroughFrozenLayersButDoesNotCountThem() {
        var first = new Linear(2, 2, new Philox(1));
        var frozen = new Linear(2, 1, new Philox(2));
        frozen.freeze();
        var model = new Sequential(first, frozen);
        var x = Tensor.zeros(Device.cpu(), Shape.of(1, 2));
        var loss = Loss.of("through", model.forward(x).mean())
                .plus("frozen", 1, frozen.forward(x).mean());
        var reach = GradientReach.of(loss, model.namedParameters());
        assertEquals(List.of("frozen"), reach.deadTerms());
        assertEquals(List.of(), reach.unreached());
    }

    @Test
    void aLossIsAWeightedSumOfNamedScalars() {
        var two = Tensor.scalar(Device.cpu(), 2);
        var loss = Loss.of("a", two).plus("b", 5, two.reshape(1)).plus("c", 0, two);
        assertEquals(12, loss.total().item(), 1e-6);
        assertEquals(2, loss.active().size());
        assertThrows(IllegalArgumentException.class, () -> loss.plus("a", 1, two));
        assertThrows(IllegalArgumentException.class, () -> loss.plus("d", Double.NaN, two));
        assertThrows(IllegalArgumentException.class, () -> loss.plus("d", 1, Tensor.zeros(Device.cpu(), Shape.of(2))));
        assertThrows(IllegalStateException.class, () -> Loss.of("a", 0, two).total());
        var terms = new LinkedHashMap<String, Tensor>();
        terms.put("x", two);
        terms.put("y", two);
        assertEquals(4, Loss.sum(terms).total().item(), 1e-6);
    }

    @Test
    void anEpochWithoutBatchesIsAMistakeAndClosableDataIsClosed() {
        var model = new Linear(2, 1, new Philox(1));
        var trainer = new Trainer<Batch>(model, new SGD(model.namedParameters(), 0.1, 0), b -> mse(model, b));
        assertThrows(IllegalStateException.class, () -> trainer.fit((epoch, skip) -> batches(0, BATCHES), 1));
        final class Closing implements Iterator<Batch>, AutoCloseable {
            private final Iterator<Batch> inner = batches(0, 0);
            private boolean closed;

            @Override
            public boolean hasNext() {
                return inner.hasNext();
            }

            @Override
            public Batch next() {
                return inner.next();
            }

            @Override
            public void close() {
                closed = true;
            }
        }

        var data = new Closing();
        trainer.fit((epoch, skip) -> data, 1);
        assertTrue(data.closed);
        assertEquals(1, trainer.epochs());
    }
}
