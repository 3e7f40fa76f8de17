package dev.obverse.nn.train;

import dev.obverse.backend.AsynchronousBackend;
import dev.obverse.nn.Module;
import dev.obverse.nn.Stateful;
import dev.obverse.nn.TrainState;
import dev.obverse.nn.optim.Ema;
import dev.obverse.nn.optim.GradientClip;
import dev.obverse.nn.optim.Optimizer;
import dev.obverse.nn.optim.Schedule;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The training loop.
 *
 * <pre>{@code
 * var trainer = new Trainer<Batch>(model, optimizer, batch -> Loss.of("mse", model.loss(batch)))
 *         .schedule(Schedule.cosine(10_000, 0.01).afterWarmUp(500))
 *         .clipNorm(1)
 *         .listener(log);
 * trainer.fit(data, epochs);
 * }</pre>
 *
 * <p>The first step verifies {@link GradientReach}. Every step fails, naming the term, if the loss is not finite; the
 * weights are then as before the step. On a card, {@link #fit} starts a step before it has heard of the one before, so
 * listeners are told one step late, and of the last step before fit returns. {@link #state} and {@link #restore} let a
 * run continue bit for bit.
 *
 * @param <B> a batch
 */
public final class Trainer<B> implements Stateful {
    private static final System.Logger LOG = System.getLogger(Trainer.class.getName());

    private final Module model;
    private final Optimizer optimizer;
    private final Function<B, Loss> loss;
    private final @Nullable Divided<B> divided;
    private final List<TrainListener> listeners = new ArrayList<>();
    private Schedule schedule = Schedule.constant();
    private double maxNorm = Double.POSITIVE_INFINITY;
    private double maxValue = Double.POSITIVE_INFINITY;
    private int accumulate = 1;
    private @Nullable Ema ema;
    private boolean reachVerified;
    private boolean fitting;
    private LateSteps.@Nullable Started waiting;
    private long steps;
    private long epoch;
    private long batchInEpoch;

    /** The loss is computed on the model's device and recorded; its memory is given back after each batch. */
    public Trainer(Module model, Optimizer optimizer, Function<B, Loss> loss) {
        this.model = model;
        this.optimizer = optimizer;
        this.loss = loss;
        this.divided = null;
    }

    /**
     * A trainer whose steps a device may record and repeat: the batch's tensors are made apart from the loss, which
     * does the same to them in every step and draws no random numbers of its own.
     */
    public Trainer(
            Module model, Optimizer optimizer, Function<B, List<Tensor>> inputs, Function<List<Tensor>, Loss> loss) {
        this.model = model;
        this.optimizer = optimizer;
        this.divided = new Divided<>(inputs, loss);
        this.loss = batch -> loss.apply(inputs.apply(batch));
    }

    /** A loss that a device may repeat, and what makes its tensors. */
    private record Divided<B>(Function<B, List<Tensor>> inputs, Function<List<Tensor>, Loss> loss) {}

    // ---- options

    public Trainer<B> schedule(Schedule schedule) {
        this.schedule = schedule;
        return this;
    }

    /** Shortens longer gradients to this Euclidean length over all parameters; more than 0. */
    public Trainer<B> clipNorm(double maxNorm) {
        GradientClip.factor(0, maxNorm); // checks it
        this.maxNorm = maxNorm;
        return this;
    }

    /** Limits each element of the gradient to {@code [-limit, limit]}; more than 0. */
    public Trainer<B> clipValue(double limit) {
        GradientClip.clampValues(List.of(), limit); // checks it
        this.maxValue = limit;
        return this;
    }

    /** Averages the gradients of this many batches, which should be of one size, before each step. */
    public Trainer<B> accumulate(int batches) {
        if (batches < 1) {
            throw new IllegalArgumentException("Trainer: at least 1 batch makes a step, not " + batches);
        }
        this.accumulate = batches;
        return this;
    }

    /** Updates these averages after each step. */
    public Trainer<B> ema(Ema ema) {
        this.ema = ema;
        return this;
    }

    public Trainer<B> listener(TrainListener listener) {
        listeners.add(listener);
        return this;
    }

    // ---- where it is

    /** Optimiser steps done. */
    public long steps() {
        return steps;
    }

    /** Epochs completed. */
    public long epochs() {
        return epoch;
    }

    // ---- training

    /** Trains until {@code epochs} epochs are completed, those before a resume included, or a listener stops it. */
    public void fit(Batches<B> data, long epochs) {
        model.train();
        waiting = null;
        fitting = true;
        try (var late = lateSteps()) {
            while (epoch < epochs && !runEpoch(data, late)) {
                long completed = epoch++;
                batchInEpoch = 0;
                listeners.forEach(l -> l.onEpoch(completed));
            }
        } finally {
            fitting = false;
        }
    }

    /** Trains on what is left of an epoch; true if a listener wants to stop. */
    private boolean runEpoch(Batches<B> data, @Nullable LateSteps late) {
        var batches = data.of(epoch, batchInEpoch);
        try {
            if (batchInEpoch == 0 && !batches.hasNext()) {
                throw new IllegalStateException("Trainer: epoch " + epoch + " has no batch");
            }
            boolean stop = false;
            while (!stop && batches.hasNext()) {
                runStep(batches, late);
                stop = listeners.stream().anyMatch(l -> l.shouldStop(steps));
            }
            report(late);
            return stop;
        } finally {
            close(batches);
        }
    }

    /** Does a step, or starts it and reports the one before. */
    private void runStep(Iterator<B> batches, @Nullable LateSteps late) {
        if (late == null) {
            var report = step(batches);
            listeners.forEach(l -> l.onStep(report));
        } else {
            var started = start(late, batches.next());
            report(late);
            waiting = started;
        }
    }

    private static void close(Iterator<?> batches) {
        if (batches instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("Trainer: the data could not be closed: " + e.getMessage(), e);
            }
        }
    }

    // ---- devices that are not waited for

    private @Nullable LateSteps lateSteps() {
        var parameters = optimizer.parameters().values();
        var backend = parameters.iterator().next().value().backend();
        boolean trains = parameters.stream().anyMatch(p -> !p.isFrozen());
        if (!(backend instanceof AsynchronousBackend device) || !trains) {
            return null;
        }
        if (accumulate != 1 || !optimizer.isDivisible()) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "Every step waits for {0} and is not recorded: {1}",
                    backend.device(),
                    accumulate != 1
                            ? "gradients of several batches are averaged"
                            : optimizer.getClass().getSimpleName() + " cannot be started without waiting, Adam can");
            return null;
        }
        return new LateSteps(
                optimizer, device.steps(), new LateSteps.Options(maxNorm, maxValue, this::verifyReach, ema));
    }

    /** Starts a step, and counts it. */
    private LateSteps.Started start(LateSteps late, B batch) {
        double lrFactor = schedule.factor(steps);
        LateSteps.Started started;
        if (divided == null) {
            started = late.start(() -> loss.apply(batch), lrFactor, steps + 1, epoch);
        } else {
            try (var _ = TensorScope.open()) {
                started = late.start(divided.loss, divided.inputs.apply(batch), lrFactor, steps + 1, epoch);
            }
        }
        steps++;
        batchInEpoch++;
        return started;
    }

    /** Waits for the step that was started before, if any, and tells the listeners. */
    private void report(@Nullable LateSteps late) {
        var started = waiting;
        waiting = null;
        if (late == null || started == null) {
            return;
        }
        StepReport report;
        try {
            report = late.finish(started);
        } catch (ArithmeticException e) {
            // from that step on the device's gate was shut, so that the one started since has changed nothing either
            int since = Math.toIntExact(steps - started.step() + 1);
            steps -= since;
            batchInEpoch -= since;
            optimizer.takeBack(since);
            throw e;
        }
        listeners.forEach(l -> l.onStep(report));
    }

    // ---- devices that are waited for

    /**
     * One optimiser step on the mean gradient of the next batches, as many as are accumulated or left. Each is used up
     * before the next is asked for, because a loader fills the same arrays again. {@link #fit} calls it; benchmarks
     * may.
     */
    public StepReport step(Iterator<B> batches) {
        if (!batches.hasNext()) {
            throw new IllegalArgumentException("Trainer: a step needs at least one batch");
        }
        optimizer.zeroGrad();
        double sum = 0;
        int count = 0;
        var terms = new LinkedHashMap<String, Double>();
        while (count < accumulate && batches.hasNext()) {
            sum += backward(batches.next(), terms);
            count++;
        }
        int used = count;
        double total = sum / used;
        terms.replaceAll((name, s) -> s / used);

        double lrFactor = schedule.factor(steps);
        double scale = 1.0 / used;
        var parameters = optimizer.parameters().values();
        if (maxValue < Double.POSITIVE_INFINITY) {
            GradientClip.clampValues(parameters, maxValue / scale);
        }
        double norm = scale * GradientClip.norm(parameters);
        FiniteNumbers.requireNorm(steps + 1, norm);
        if (maxNorm < Double.POSITIVE_INFINITY) {
            scale *= GradientClip.factor(norm, maxNorm);
        }
        optimizer.step(lrFactor, scale);
        optimizer.zeroGrad();
        steps++;
        batchInEpoch += used;
        if (ema != null) {
            ema.update();
        }
        return new StepReport(steps, epoch, total, terms, lrFactor, norm);
    }

    private double backward(B batch, SequencedMap<String, Double> sums) {
        try (var _ = TensorScope.open()) {
            var result = loss.apply(batch);
            verifyReach(result);
            var total = result.total();
            for (var term : result.terms()) {
                double value = term.value().item();
                FiniteNumbers.requireTerm(steps + 1, term, value);
                sums.merge(term.name(), value, Double::sum);
            }
            double value = total.item();
            FiniteNumbers.requireTotal(steps + 1, value);
            total.backward();
            return value;
        }
    }

    private void verifyReach(Loss result) {
        if (!reachVerified) {
            GradientReach.of(result, optimizer.parameters()).verify();
            reachVerified = true;
        }
    }

    // ---- resuming

    /** Model, optimiser, averages, and where training is. Between steps, so in {@link TrainListener#onStep}. */
    @Override
    public TrainState state() {
        var where = new LinkedHashMap<String, Object>();
        where.put("step", steps);
        where.put("epoch", epoch);
        where.put("batchInEpoch", batchInEpoch);
        var state = new TrainState(new LinkedHashMap<>(), where)
                .with("model", model.state())
                .with("optimizer", optimizer.state());
        return ema == null ? state : state.with("ema", ema.state());
    }

    /**
     * Goes on from there with the next {@link #fit}.
     *
     * @throws IllegalStateException from within fit, whose batches would be those of another place
     */
    @Override
    public void restore(TrainState state) {
        if (fitting) {
            throw new IllegalStateException("Trainer.restore: fit is running, and its batches would not go back;"
                    + " end it by TrainListener.shouldStop, restore, and call fit again");
        }
        long savedSteps = state.number("step");
        long savedEpoch = state.number("epoch");
        long savedBatch = state.number("batchInEpoch");
        model.restore(state.part("model"));
        optimizer.restore(state.part("optimizer"));
        if (ema != null) {
            ema.restore(state.part("ema"));
        }
        steps = savedSteps;
        epoch = savedEpoch;
        batchInEpoch = savedBatch;
    }
}
