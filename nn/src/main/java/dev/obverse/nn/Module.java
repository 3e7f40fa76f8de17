package dev.obverse.nn;

import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Tensor;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A part of a network: named parameters, named buffers and named parts of its own, in the order in which a constructor
 * declares them.
 *
 * <pre>{@code
 * final class Block extends Layer {
 *     private final Conv2d conv1;
 *     private final Conv2d conv2;
 *
 *     Block(int in, int out, Philox random) {
 *         conv1 = child("conv1", new Conv2d(in, out, 3, random));
 *         conv2 = child("conv2", new Conv2d(out, out, 3, random));
 *     }
 *
 *     public Tensor forward(Tensor x) {
 *         return conv2.forward(conv1.forward(x).relu());
 *     }
 * }
 * }</pre>
 *
 * <p>Names of parameters are paths: {@code stage1.conv1.weight}. A part that is registered in two places is listed
 * once, under the first name. In eval mode a forward pass changes nothing, so many threads may use one module at once;
 * wrap it in {@link dev.obverse.autograd.NoGrad} to save the memory of recording. New modules are in training mode.
 */
public abstract class Module implements Stateful {
    private final SequencedMap<String, Module> children = new LinkedHashMap<>();
    private final SequencedMap<String, Parameter> parameters = new LinkedHashMap<>();
    private final SequencedMap<String, Buffer> buffers = new LinkedHashMap<>();
    private final SequencedMap<String, Philox> generators = new LinkedHashMap<>();
    private volatile boolean training = true;

    protected Module() {}

    // ---- for constructors of subclasses

    /** Declares a part. */
    protected final <M extends Module> M child(String name, M module) {
        checkName(name);
        if (((Module) module).contains(this)) {
            throw new IllegalArgumentException(
                    kind() + ": child '" + name + "' contains this module, and a module cannot be part of itself");
        }
        children.put(name, module);
        return module;
    }

    /** Declares a tensor to be trained; {@code initial}'s memory becomes the module's. */
    protected final Parameter parameter(String name, Tensor initial) {
        checkName(name);
        var parameter = new Parameter(name, initial);
        parameters.put(name, parameter);
        return parameter;
    }

    /**
     * Declares a tensor that is saved with the module but not trained; {@code initial}'s memory becomes the module's.
     */
    protected final Buffer buffer(String name, Tensor initial) {
        checkName(name);
        var buffer = new Buffer(name, initial);
        buffers.put(name, buffer);
        return buffer;
    }

    /** Declares a source of random numbers whose position a checkpoint must save. */
    protected final Philox generator(String name, Philox random) {
        checkName(name);
        generators.put(name, random);
        return random;
    }

    private void checkName(String name) {
        if (name.isEmpty() || name.contains(".")) {
            throw new IllegalArgumentException(kind() + ": the name '" + name
                    + "' must not be empty or contain a dot; dots separate the parts of a path");
        }
        if (children.containsKey(name)
                || parameters.containsKey(name)
                || buffers.containsKey(name)
                || generators.containsKey(name)) {
            throw new IllegalArgumentException(
                    kind() + ": the name '" + name + "' is already taken in this module; choose another");
        }
    }

    private boolean contains(Module other) {
        return equals(other) || children.values().stream().anyMatch(c -> c.contains(other));
    }

    // ---- what it is made of

    /** The parts declared by this module itself, by name. */
    public final SequencedMap<String, Module> children() {
        return Collections.unmodifiableSequencedMap(children);
    }

    /** All parameters of this module and its parts, by path. */
    public final SequencedMap<String, Parameter> namedParameters() {
        var found = new LinkedHashMap<String, Parameter>();
        visit((path, m) -> m.parameters.forEach((name, p) -> found.put(path + name, p)));
        return firstNames(found);
    }

    /** All parameters of this module and its parts. */
    public final List<Parameter> parameters() {
        return List.copyOf(namedParameters().values());
    }

    /** The parameter at a path: {@code model.parameter("stage1.conv1.weight")}. */
    public final Parameter parameter(String path) {
        return find("parameter", path, namedParameters());
    }

    /** The buffer at a path. */
    public final Buffer buffer(String path) {
        return find("buffer", path, namedBuffers());
    }

    private <T> T find(String what, String path, Map<String, T> all) {
        var found = all.get(path);
        if (found == null) {
            throw new IllegalArgumentException(
                    kind() + " has no " + what + " '" + path + "', but " + String.join(", ", all.keySet()));
        }
        return found;
    }

    /** All buffers of this module and its parts, by path. */
    public final SequencedMap<String, Buffer> namedBuffers() {
        var found = new LinkedHashMap<String, Buffer>();
        visit((path, m) -> m.buffers.forEach((name, b) -> found.put(path + name, b)));
        return firstNames(found);
    }

    /** All sources of random numbers of this module and its parts, by path. */
    public final SequencedMap<String, Philox> namedGenerators() {
        var found = new LinkedHashMap<String, Philox>();
        visit((path, m) -> m.generators.forEach((name, g) -> found.put(path + name, g)));
        return firstNames(found);
    }

    /** Parameters, then buffers, by path: what a weights file holds. */
    public final SequencedMap<String, Tensor> namedTensors() {
        var found = new LinkedHashMap<String, Tensor>();
        namedParameters().forEach((name, p) -> found.put(name, p.value()));
        namedBuffers().forEach((name, b) -> found.put(name, b.value()));
        return found;
    }

    /** Parameters, buffers and the sources of random numbers. */
    @Override
    public final TrainState state() {
        var generators = new LinkedHashMap<String, Object>();
        namedGenerators().forEach((name, random) -> generators.put(name, TrainState.of(random)));
        return new TrainState(namedTensors(), generators);
    }

    @Override
    public final void restore(TrainState state) {
        var generators = new LinkedHashMap<Philox, Philox.State>();
        namedGenerators().forEach((name, random) -> generators.put(random, state.random(name)));
        TrainState.copy(state.tensors(), namedTensors());
        generators.forEach(Philox::restore);
    }

    private void visit(BiConsumer<String, Module> visitor) {
        visit("", visitor, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    private void visit(String path, BiConsumer<String, Module> visitor, Set<Module> seen) {
        if (seen.add(this)) {
            visitor.accept(path, this);
            children.forEach((name, c) -> c.visit(path + name + ".", visitor, seen));
        }
    }

    private static <T> SequencedMap<String, T> firstNames(SequencedMap<String, T> found) {
        Set<T> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        found.values().removeIf(value -> !seen.add(value));
        return found;
    }

    /** Number of weights, frozen ones included. */
    public final long parameterCount() {
        return parameters().stream().mapToLong(p -> p.shape().size()).sum();
    }

    // ---- modes

    /** Training mode: batch norm uses and records statistics of the batch, dropout drops. */
    public final void train() {
        forEachModule(m -> m.training = true);
    }

    /** Evaluation mode: forward passes change nothing and the batch's size does not matter. */
    public final void eval() {
        forEachModule(m -> m.training = false);
    }

    public final boolean isTraining() {
        return training;
    }

    /** Takes all parameters out of training. */
    public final void freeze() {
        parameters().forEach(Parameter::freeze);
    }

    public final void unfreeze() {
        parameters().forEach(Parameter::unfreeze);
    }

    /** Forgets the gradients of all parameters. */
    public final void zeroGrad() {
        parameters().forEach(Parameter::zeroGrad);
    }

    /** Moves parameters and buffers to a device, without their gradients. Make optimisers after this, not before. */
    public final void to(Device device) {
        parameters().forEach(p -> p.to(device));
        namedBuffers().values().forEach(b -> b.to(device));
    }

    private void forEachModule(Consumer<Module> action) {
        visit((path, m) -> action.accept(m));
    }

    // ---- text

    /** What a reader wants to know about this module itself, for {@link #toString}: sizes, options. May be empty. */
    protected String details() {
        return "";
    }

    /** The tree of modules, one a line, with the number of weights of each. */
    @Override
    public final String toString() {
        var text = new StringBuilder();
        describe("", "", text);
        return text.toString();
    }

    private void describe(String indent, String name, StringBuilder text) {
        text.append(indent).append(name).append(kind());
        if (!details().isEmpty()) {
            text.append('(').append(details()).append(')');
        }
        long count = parameterCount();
        if (count > 0) {
            text.append(String.format(Locale.ROOT, " %,d", count));
        }
        children.forEach((child, m) -> m.describe(indent + "  ", child + ": ", text.append('\n')));
    }

    /** The class's simple name, for messages. */
    protected final String kind() {
        return getClass().isAnonymousClass()
                ? getClass().getSuperclass().getSimpleName()
                : getClass().getSimpleName();
    }
}
