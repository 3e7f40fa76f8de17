package dev.obverse.nn.optim;

import dev.obverse.backend.StepKernels;
import dev.obverse.nn.Module;
import dev.obverse.nn.Parameter;
import dev.obverse.nn.Stateful;
import dev.obverse.nn.TrainState;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * Exponential moving averages of a model's parameters, which often test better than the parameters themselves (Polyak
 * and Juditsky 1992): {@code average = decay average + (1 - decay) weight} after each step.
 *
 * <pre>{@code
 * try (var _ = ema.applied()) {
 *     evaluate(model);
 * }
 * }</pre>
 */
public final class Ema implements Stateful {
    /** While open, the model has the averages; closing gives it back its own weights. */
    public interface Applied extends AutoCloseable {
        @Override
        void close();
    }

    private final SequencedMap<String, Parameter> parameters;
    private final SequencedMap<String, Tensor> averages = new LinkedHashMap<>();
    private final double decay;
    private boolean applied;

    /** Starts from the model's weights as they are now; the decay is at least 0 and less than 1. */
    public Ema(Module model, double decay) {
        if (!(decay >= 0 && decay < 1)) {
            throw new IllegalArgumentException("Ema: the decay must be at least 0 and less than 1, not " + decay);
        }
        this.decay = decay;
        this.parameters = model.namedParameters();
        parameters.forEach((name, p) -> averages.put(name, copy(p.value())));
    }

    private static Tensor copy(Tensor tensor) {
        var copy = TensorScope.keepAlways(Tensor.empty(tensor.device(), tensor.shape()));
        copy.set(tensor);
        return copy;
    }

    /** Takes the model's weights into the averages; call it after each optimiser step. */
    public void update() {
        requireOwnWeights();
        averages.forEach((name, average) -> {
            var weight = weight(name);
            weight.backend().optimizer().ema(decay, weight.storage(), average.storage(), weight.size());
        });
    }

    /** The same on a device that is not waited for; a gate that is shut forbids it. It can be recorded. */
    public void update(StepKernels kernels, Tensor gate) {
        requireOwnWeights();
        var arrays = averages.entrySet().stream()
                .map(e -> new StepKernels.EmaArrays(
                        weight(e.getKey()).storage(),
                        e.getValue().storage(),
                        e.getValue().size()))
                .toList();
        kernels.ema(decay, arrays, gate.storage());
    }

    private void requireOwnWeights() {
        if (applied) {
            throw new IllegalStateException("Ema: the model has the averages now; close applied() before training on");
        }
    }

    /** Gives the model the averages until the result is closed. */
    public Applied applied() {
        if (applied) {
            throw new IllegalStateException("Ema: the model has the averages already");
        }
        var own = new LinkedHashMap<String, Tensor>();
        averages.forEach((name, average) -> {
            own.put(name, copy(weight(name)));
            weight(name).set(average);
        });
        applied = true;
        return () -> {
            own.forEach((name, weights) -> weight(name).set(weights));
            applied = false;
        };
    }

    private Tensor weight(String name) {
        var parameter = parameters.get(name);
        if (parameter == null) {
            throw new IllegalStateException("Ema: no parameter '" + name + "'");
        }
        return parameter.value();
    }

    @Override
    public TrainState state() {
        return new TrainState(averages, new LinkedHashMap<>());
    }

    @Override
    public void restore(TrainState state) {
        TrainState.copy(state.tensors(), averages);
    }
}
