package dev.obverse.nn.train;

import dev.obverse.backend.StepKernels;
import dev.obverse.backend.Storage;
import dev.obverse.nn.TrainState;
import dev.obverse.nn.optim.Ema;
import dev.obverse.nn.optim.GradientClip;
import dev.obverse.nn.optim.Optimizer;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Optimiser steps on a device that is not waited for: while it computes one step, the next is being started. The device
 * itself leaves the weights alone from the first loss or gradient on that is not finite; the caller hears of it when it
 * reads that step's numbers, a step late.
 */
final class LateSteps implements AutoCloseable {
    /**
     * A step that the device may still be computing.
     *
     * @param terms of the loss, whose values are not there yet
     */
    record Started(StepKernels.Reading numbers, List<Loss.Term> terms, double lrFactor, long step, long epoch) {}

    /**
     * What a step does beside forward and backward.
     *
     * @param ema averages to update after each step that changes the weights
     */
    record Options(
            double maxNorm,
            double maxValue,
            Consumer<Loss> verify,
            @Nullable Ema ema) {}

    private final Optimizer optimizer;
    private final StepKernels kernels;
    private final Options options;
    private @Nullable Tensor gate;
    private List<Loss.Term> terms = List.of();
    private List<Shape> lastShapes = List.of();
    private List<Tensor> inputs = List.of();
    private List<Object> recordedWith = List.of();
    private StepKernels.@Nullable Repeated repeated;

    LateSteps(Optimizer optimizer, StepKernels kernels, Options options) {
        this.optimizer = optimizer;
        this.kernels = kernels;
        this.options = options;
    }

    // ---- starting

    /** Starts a step; {@code step} and {@code epoch} are for its report. */
    Started start(Supplier<Loss> loss, double lrFactor, long step, long epoch) {
        optimizer.prepare(kernels, lrFactor);
        work(loss);
        return started(lrFactor, step, epoch);
    }

    /** Starts a step whose loss is a function of these tensors; it may be recorded, or be done as recorded. */
    Started start(Replayed loss, List<Tensor> batch, double lrFactor, long step, long epoch) {
        var known = recording(batch);
        if (known == null) {
            return start(() -> loss.of(batch), lrFactor, step, epoch);
        }
        for (int i = 0; i < batch.size(); i++) {
            inputs.get(i).set(batch.get(i));
        }
        optimizer.prepare(kernels, lrFactor);
        known.run(() -> work(() -> loss.of(inputs)));
        return started(lrFactor, step, epoch);
    }

    /** A loss of tensors that are in the same memory in every step. */
    interface Replayed {
        Loss of(List<Tensor> inputs);
    }

    private Started started(double lrFactor, long step, long epoch) {
        return new Started(kernels.read(requireGate().storage()), terms, lrFactor, step, epoch);
    }

    /**
     * What can be repeated, for inputs of these shapes and the parameters that are trained now; null if nothing. The
     * shapes are those that two batches had in succession: an epoch's last batch, with which a resumed run may begin,
     * is often smaller, and must not decide.
     */
    private StepKernels.@Nullable Repeated recording(List<Tensor> batch) {
        var shapes = shapes(batch);
        boolean again = shapes.equals(lastShapes);
        lastShapes = shapes;
        var now = new ArrayList<Object>();
        for (var parameter : optimizer.parameters().values()) {
            now.add(parameter.value().storage());
            now.add(parameter.isFrozen());
        }
        if (repeated == null || !now.equals(recordedWith) || !shapes(inputs).equals(shapes)) {
            if (!again) {
                return null;
            }
            close();
            repeated = kernels.repeated().orElse(null);
            if (repeated == null) {
                return null;
            }
            recordedWith = now;
            inputs = batch.stream().map(LateSteps::copy).toList();
        }
        return repeated;
    }

    private static List<Shape> shapes(List<Tensor> tensors) {
        return tensors.stream().map(Tensor::shape).toList();
    }

    private static Tensor copy(Tensor tensor) {
        return TensorScope.keepAlways(Tensor.empty(tensor.device(), tensor.shape()));
    }

    private void work(Supplier<Loss> loss) {
        optimizer.zeroGrad();
        try (var _ = TensorScope.open()) {
            var result = loss.get();
            options.verify.accept(result);
            var total = result.total();
            total.backward();
            if (options.maxValue < Double.POSITIVE_INFINITY) {
                GradientClip.clampValues(optimizer.parameters().values(), options.maxValue);
            }
            terms = result.terms().stream()
                    .map(t -> new Loss.Term(t.name(), t.weight(), t.value().detach()))
                    .toList();
            var losses = Stream.concat(Stream.of(total), terms.stream().map(Loss.Term::value))
                    .map(Tensor::storage)
                    .toList();
            var gradients = optimizer.parameters().values().stream()
                    .filter(p -> !p.isFrozen())
                    .map(p -> p.grad())
                    .filter(Objects::nonNull)
                    .map(Tensor::storage)
                    .toList();
            kernels.gate(gradients, losses, 1, options.maxNorm, gate(total, losses));
        }
        optimizer.apply(kernels, requireGate());
        optimizer.zeroGrad();
        if (options.ema != null) {
            options.ema.update(kernels, requireGate());
        }
    }

    private Storage gate(Tensor total, List<Storage> losses) {
        int length = StepKernels.LOSSES + losses.size();
        if (gate == null || gate.size() != length) {
            var values = new float[length];
            values[StepKernels.FACTOR] = 1;
            gate = TensorScope.keepAlways(Tensor.of(total.device(), values, Shape.of(length)));
        }
        return gate.storage();
    }

    private Tensor requireGate() {
        return Objects.requireNonNull(gate, "no step has been started");
    }

    // ---- finishing

    /** The loss, each term before its weight, and the gradient's norm; waits for the step. */
    record Numbers(double total, double[] terms, double norm) {}

    Numbers finish(Started started) {
        var values = started.numbers.get();
        var terms = new double[started.terms.size()];
        for (int i = 0; i < terms.length; i++) {
            terms[i] = values[StepKernels.LOSSES + 1 + i];
        }
        return new Numbers(values[StepKernels.LOSSES], terms, values[StepKernels.NORM]);
    }

    /**
     * Makes the optimiser count as if its last steps had not been started: the gate was shut, so they have changed
     * nothing else.
     */
    void takeBack(long count) {
        var saved = optimizer.state();
        var updates = saved.map("updates");
        optimizer.parameters().forEach((name, parameter) -> {
            if (!parameter.isFrozen()) {
                updates.computeIfPresent(name, (_, n) -> ((Number) n).longValue() - count);
            }
        });
        var metadata = new LinkedHashMap<>(saved.metadata());
        metadata.put("steps", optimizer.steps() - count);
        metadata.put("updates", updates);
        // a parameter without an update has no state
        var tensors = new LinkedHashMap<>(saved.tensors());
        tensors.keySet()
                .removeIf(key ->
                        ((Number) updates.getOrDefault(key.substring(0, key.lastIndexOf('.')), 1)).longValue() == 0);
        optimizer.restore(new TrainState(tensors, metadata));
    }

    @Override
    public void close() {
        if (repeated != null) {
            repeated.close();
            repeated = null;
        }
    }
}
