package dev.obverse.nn.optim;

import dev.obverse.backend.OptimizerKernels;
import dev.obverse.backend.OuterProductKernels;
import dev.obverse.backend.OuterProducts;
import dev.obverse.backend.StepKernels;
import dev.obverse.nn.Parameter;
import dev.obverse.nn.Stateful;
import dev.obverse.nn.TrainState;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Changes parameters against their gradients.
 *
 * <pre>{@code
 * optimizer.zeroGrad();
 * loss.backward();
 * optimizer.step();
 * }</pre>
 *
 * <p>Each parameter counts its own updates, so one that is unfrozen late starts as a fresh one would. Frozen parameters
 * are left alone.
 */
public abstract class Optimizer implements Stateful {
    /** Parameters by path, with a learning rate and a weight decay of their own. */
    public record Group(SequencedMap<String, Parameter> parameters, double lr, double weightDecay) {
        public Group {
            parameters = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(parameters));
            if (!(lr >= 0) || !(weightDecay >= 0)) {
                throw new IllegalArgumentException("Optimizer: the learning rate " + lr + " and the weight decay "
                        + weightDecay + " must be 0 or more");
            }
        }
    }

    /**
     * One update of one parameter.
     *
     * @param gradientScale factor on the gradient
     * @param number of this update of this parameter, from 1
     */
    protected record Update(double lr, double weightDecay, double gradientScale, int number) {}

    private static final class Slot {
        final String name;
        final Parameter parameter;
        final Group group;
        final List<Tensor> state = new ArrayList<>();
        int updates;

        Slot(String name, Parameter parameter, Group group) {
            this.name = name;
            this.parameter = parameter;
            this.group = group;
        }
    }

    private final List<String> stateNames;
    private final SequencedMap<String, Slot> slots = new LinkedHashMap<>();
    private @Nullable Tensor rates;
    private long steps;

    /** The names are those of the tensors, of each parameter's shape, that {@link #update} keeps between updates. */
    protected Optimizer(List<Group> groups, List<String> stateNames) {
        this.stateNames = List.copyOf(stateNames);
        var seen = Collections.newSetFromMap(new IdentityHashMap<Parameter, Boolean>());
        for (var group : groups) {
            group.parameters().forEach((name, parameter) -> {
                if (!seen.add(parameter) || slots.put(name, new Slot(name, parameter, group)) != null) {
                    throw new IllegalArgumentException("Optimizer: parameter '" + name + "' is given twice");
                }
            });
        }
        if (slots.isEmpty()) {
            throw new IllegalArgumentException("Optimizer: there is no parameter to train");
        }
    }

    /** Changes {@code weight} in place. */
    protected abstract void update(
            OptimizerKernels kernels, Tensor weight, Tensor gradient, List<Tensor> state, Update u);

    /**
     * Changes {@code weight} in place by a gradient that nobody has computed yet.
     *
     * @return false, with nothing changed, from an optimiser that needs it computed
     */
    protected boolean update(
            OuterProductKernels kernels, Tensor weight, OuterProducts gradient, List<Tensor> state, Update u) {
        return false;
    }

    /** Updates every parameter that is not frozen. */
    public final void step() {
        step(1, 1);
    }

    /**
     * Updates every parameter that is not frozen.
     *
     * @param lrFactor factor on every group's learning rate, from a {@link Schedule}
     * @param gradientScale factor on every gradient, from clipping or accumulation
     * @throws IllegalStateException if no gradient has reached a parameter; nothing has changed then
     */
    public final void step(double lrFactor, double gradientScale) {
        var active = active();
        requireGradients(active);
        for (var slot : active) {
            update(slot, lrFactor, gradientScale);
        }
        steps++;
    }

    private void update(Slot slot, double lrFactor, double gradientScale) {
        var weight = slot.parameter.value();
        var kernels = weight.backend().optimizer();
        var products = weight.outerProducts();
        var u = count(slot, lrFactor, gradientScale);
        boolean done = products != null
                && kernels instanceof OuterProductKernels special
                && update(special, weight, products, slot.state, u);
        if (!done) {
            update(kernels, weight, gradient(slot), slot.state, u);
        }
    }

    private Update count(Slot slot, double lrFactor, double gradientScale) {
        if (slot.state.isEmpty()) {
            stateNames.forEach(name -> slot.state.add(zeros(slot.parameter.value())));
        }
        slot.updates++;
        return new Update(slot.group.lr() * lrFactor, slot.group.weightDecay(), gradientScale, slot.updates);
    }

    // ---- the same in two halves, for devices that are not waited for

    /** Whether {@link #prepare} and {@link #apply} can take the place of {@link #step()}. */
    public boolean isDivisible() {
        return false;
    }

    /** What {@link #apply} needs of an update, if {@link #isDivisible}. */
    protected OptimizerKernels.Adam spec(Update u) {
        throw new UnsupportedOperationException(getClass().getSimpleName() + " has no step in two halves");
    }

    /**
     * The first half of a step: counts it, and sends the device the numbers that change from step to step. No gradient
     * need be there yet.
     */
    public final void prepare(StepKernels kernels, double lrFactor) {
        var active = active();
        var specs = active.stream().map(slot -> spec(count(slot, lrFactor, 1))).toList();
        int length = StepKernels.RATES * specs.size();
        var device = active.getFirst().parameter.value().device();
        if (rates == null || rates.size() != length || !rates.device().equals(device)) {
            rates = TensorScope.keepAlways(Tensor.empty(device, Shape.of(length)));
        }
        kernels.rates(specs, rates.storage());
        steps++;
    }

    /**
     * The second half: changes the parameters, unless the gate forbids it. It does the same to the same memory every
     * time, so it can be recorded.
     */
    public final void apply(StepKernels kernels, Tensor gate) {
        requireGradients(active());
        var prepared = rates;
        if (prepared == null) {
            throw new IllegalStateException("apply() without prepare()");
        }
        var arrays = active().stream()
                .map(slot -> new StepKernels.AdamArrays(
                        slot.parameter.value().storage(),
                        gradient(slot).storage(),
                        slot.state.get(0).storage(),
                        slot.state.get(1).storage(),
                        slot.parameter.value().size()))
                .toList();
        kernels.adam(arrays, prepared.storage(), gate.storage());
    }

    /**
     * Counts as if the last {@code count} steps had not been prepared. The gate must have forbidden them, or they must
     * have failed to start: this changes no tensor.
     */
    public final void takeBack(int count) {
        for (var slot : active()) {
            slot.updates -= count;
            if (slot.updates == 0) {
                slot.state.clear(); // as of a parameter that has had no update
            }
        }
        steps -= count;
    }

    private static Tensor gradient(Slot slot) {
        var gradient = slot.parameter.grad();
        if (gradient == null) {
            throw new IllegalStateException("no gradient has reached " + slot.name);
        }
        return gradient;
    }

    private List<Slot> active() {
        return slots.values().stream().filter(s -> !s.parameter.isFrozen()).toList();
    }

    private static void requireGradients(List<Slot> active) {
        var missing = active.stream()
                .filter(s -> !s.parameter.value().hasGrad())
                .map(s -> s.name)
                .toList();
        if (!missing.isEmpty()) {
            throw new IllegalStateException("step(): no gradient has reached " + String.join(", ", missing)
                    + "; call backward() first, use the parameter in the loss, or freeze it");
        }
    }

    private static Tensor zeros(Tensor like) {
        return TensorScope.keepAlways(Tensor.zeros(like.device(), like.shape()));
    }

    /** Forgets the gradients of all parameters. */
    public final void zeroGrad() {
        slots.values().forEach(slot -> slot.parameter.zeroGrad());
    }

    /** All parameters of all groups, frozen ones too, by path. */
    public final SequencedMap<String, Parameter> parameters() {
        var parameters = new LinkedHashMap<String, Parameter>();
        slots.forEach((name, slot) -> parameters.put(name, slot.parameter));
        return parameters;
    }

    /** Number of calls of {@link #step()} so far. */
    public final long steps() {
        return steps;
    }

    /** Tensors named as in PyTorch, {@code conv1.weight.exp_avg} for instance, and the numbers of updates. */
    @Override
    public final TrainState state() {
        var tensors = new LinkedHashMap<String, Tensor>();
        var updates = new LinkedHashMap<String, Object>();
        slots.forEach((name, slot) -> {
            updates.put(name, slot.updates);
            for (int i = 0; i < slot.state.size(); i++) {
                tensors.put(name + "." + stateNames.get(i), slot.state.get(i));
            }
        });
        var metadata = new LinkedHashMap<String, Object>();
        metadata.put("steps", steps);
        metadata.put("updates", updates);
        return new TrainState(tensors, metadata);
    }

    @Override
    public final void restore(TrainState saved) {
        var updates = new TrainState(new LinkedHashMap<>(), saved.map("updates"));
        var fresh = new LinkedHashMap<Slot, List<Tensor>>();
        var own = new LinkedHashMap<String, Tensor>();
        for (var slot : slots.values()) {
            var state = new ArrayList<Tensor>();
            if (updates.number(slot.name) > 0) {
                for (var name : stateNames) {
                    var tensor = zeros(slot.parameter.value());
                    state.add(tensor);
                    own.put(slot.name + "." + name, tensor);
                }
            }
            fresh.put(slot, state);
        }
        long savedSteps = saved.number("steps");
        TrainState.copy(saved.tensors(), own);
        steps = savedSteps;
        fresh.forEach((slot, state) -> {
            slot.state.clear();
            slot.state.addAll(state);
            slot.updates = Math.toIntExact(updates.number(slot.name));
        });
    }
}
