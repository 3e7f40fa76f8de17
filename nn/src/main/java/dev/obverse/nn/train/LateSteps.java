package dev.obverse.nn.train;

import dev.obverse.backend.StepKernels;
import dev.obverse.backend.Storage;
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
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
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
    private final StepRecording recording;
    private @Nullable Tensor gate;
    private List<Loss.Term> terms = List.of();

    LateSteps(Optimizer optimizer, StepKernels kernels, Options options) {
        this.optimizer = optimizer;
        this.kernels = kernels;
        this.options = options;
        this.recording = new StepRecording(kernels);
    }

    // ---- starting

    /** Starts a step; {@code step} and {@code epoch} are for its report. One that fails to start has not been. */
    Started start(Supplier<Loss> loss, double lrFactor, long step, long epoch) {
        return start(() -> work(loss), lrFactor, step, epoch);
    }

    /** Starts a step whose loss is a function of these tensors; it may be recorded, or be done as recorded. */
    Started start(Function<List<Tensor>, Loss> loss, List<Tensor> batch, double lrFactor, long step, long epoch) {
        return start(
                () -> recording.run(batch, memory(), inputs -> work(() -> loss.apply(inputs))), lrFactor, step, epoch);
    }

    private Started start(Runnable work, double lrFactor, long step, long epoch) {
        optimizer.prepare(kernels, lrFactor);
        try {
            work.run();
            return new Started(kernels.read(requireGate().storage()), terms, lrFactor, step, epoch);
        } catch (RuntimeException e) {
            optimizer.takeBack(1);
            throw e;
        }
    }

    /**
     * What a step changes, and which parameters it trains. A restored optimiser has other tensors; a loss with another
     * number of terms, another gate.
     */
    private List<Object> memory() {
        var memory = new ArrayList<Object>();
        for (var parameter : optimizer.parameters().values()) {
            memory.add(parameter.value().storage());
            memory.add(parameter.isFrozen());
        }
        optimizer.state().tensors().values().forEach(tensor -> memory.add(tensor.storage()));
        memory.add(Optional.ofNullable(gate));
        return memory;
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

    /**
     * Waits for a step, and says what it did.
     *
     * @throws ArithmeticException if its loss or gradient was not finite: this step and those started since have
     *     changed nothing but the optimiser's counters, see {@link Optimizer#takeBack}
     */
    StepReport finish(Started started) {
        var values = started.numbers.get();
        var terms = new LinkedHashMap<String, Double>();
        for (int i = 0; i < started.terms.size(); i++) {
            var term = started.terms.get(i);
            double value = values[StepKernels.LOSSES + 1 + i];
            FiniteNumbers.requireTerm(started.step, term, value);
            terms.put(term.name(), value);
        }
        double total = values[StepKernels.LOSSES];
        double norm = values[StepKernels.NORM];
        FiniteNumbers.requireTotal(started.step, total);
        FiniteNumbers.requireNorm(started.step, norm);
        return new StepReport(started.step, started.epoch, total, terms, started.lrFactor, norm);
    }

    @Override
    public void close() {
        recording.close();
    }
}
