package dev.obverse.nn.onnx;

import dev.obverse.autograd.NoGrad;
import dev.obverse.nn.Layer;
import dev.obverse.nn.onnx.op.ElementType;
import dev.obverse.nn.onnx.op.Inputs;
import dev.obverse.nn.onnx.op.Step;
import dev.obverse.nn.onnx.op.Value;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A graph from an ONNX file, for inference: tensors go in and come out as the file says, images as {@code [N,C,H,W]}.
 * Inside they are channels-last, weights have been permuted once, batch norms folded, and what could be computed while
 * reading has been.
 *
 * <p>Its parameters are frozen and in evaluation mode. Gradients flow through to the input; for training,
 * {@link #unfreeze}. Elements of other floating-point types are computed in float32. Many threads may run one module.
 */
public final class OnnxModule extends Layer {
    /**
     * A node in its place.
     *
     * @param inputs the values it reads, by number; -1 for one that is left out, or that is constant and its own
     * @param outputs the values it writes; -1 for one that is left out
     */
    record Placed(String description, boolean isConvolution, Step step, int[] inputs, int[] outputs) {}

    /** A value that a pass begins with. */
    record Known(int slot, Supplier<Value> value) {}

    /**
     * The whole graph, its values numbered.
     *
     * @param lastUse of each value the index of the step after which nobody needs it
     */
    record Plan(
            List<Placed> steps,
            List<Known> known,
            List<OnnxInput> inputs,
            List<ElementType> inputTypes,
            int[] inputSlots,
            List<OnnxInput> outputs,
            int[] outputSlots,
            int slots,
            int[] lastUse) {}

    private final Plan plan;
    private final @Nullable ImageByImage imageByImage;

    OnnxModule(OnnxReader reader) throws IOException {
        var taken = new LinkedHashMap<String, Integer>();
        plan = reader.plan((name, value) -> {
            // Dots part the paths of a module's parts, so the file's own become slashes.
            var clean = name.isEmpty() ? "weight" : name.replace('.', '/');
            int again = taken.merge(clean, 1, Integer::sum);
            return parameter(again == 1 ? clean : clean + "#" + again, value)::value;
        });
        freeze();
        eval();
        imageByImage = ImageByImage.of(
                plan, parameters().stream().mapToLong(p -> p.value().size()).sum());
    }

    /**
     * Reads a file, and what it says lies beside it.
     *
     * @throws IOException in one sentence that names the file and what is wrong with it or not supported
     */
    public static OnnxModule read(Path file) throws IOException {
        return new OnnxModule(OnnxReader.open(file));
    }

    /** Reads the content of a file that has no external data. */
    public static OnnxModule read(byte[] content) throws IOException {
        return new OnnxModule(OnnxReader.of(content));
    }

    public List<OnnxInput> inputs() {
        return plan.inputs;
    }

    public List<OnnxInput> outputs() {
        return plan.outputs;
    }

    /** The first output for the only input, both in the file's order of axes. */
    @Override
    public Tensor forward(Tensor x) {
        return run(onlyInput(x, false)).firstEntry().getValue().plain();
    }

    /** As {@link #forward}, for images {@code [N,H,W,C]}; a result with pixels is channels-last too. */
    public Tensor forwardImages(Tensor images) {
        var y = run(onlyInput(images, true)).firstEntry().getValue();
        return y.rank() < 3 ? y.plain() : y.channelsLast("the output");
    }

    /**
     * All outputs by name for all inputs by name. Whole numbers go in as tensors too, and come out as tensors on the
     * reference device.
     */
    public SequencedMap<String, Tensor> forward(Map<String, Tensor> inputs) {
        var values = new Value[plan.inputs.size()];
        for (int i = 0; i < values.length; i++) {
            var name = plan.inputs.get(i).name();
            var tensor = inputs.get(name);
            if (tensor == null) {
                throw new IllegalArgumentException("The input '" + name + "' is missing: this graph takes "
                        + plan.inputs + ", but was given " + inputs.keySet());
            }
            values[i] = input(i, tensor, false);
        }
        var results = new LinkedHashMap<String, Tensor>();
        run(values).forEach((name, value) -> results.put(name, value.plain()));
        return results;
    }

    private Value[] onlyInput(Tensor x, boolean channelsLast) {
        if (plan.inputs.size() != 1) {
            throw new IllegalArgumentException("This graph takes the inputs " + plan.inputs + ": give them by name");
        }
        return new Value[] {input(0, x, channelsLast)};
    }

    private Value input(int i, Tensor tensor, boolean channelsLast) {
        var type = plan.inputTypes.get(i);
        var placed = type.isFloat() ? tensor : tensor.detach().to(Device.reference());
        var value = channelsLast ? Value.channelsLast(type, placed) : Value.plain(type, placed);
        var expected = plan.inputs.get(i).extents();
        boolean fits = expected.isEmpty() || expected.size() == value.rank();
        for (int axis = 0; fits && axis < expected.size(); axis++) {
            fits = expected.get(axis) < 0 || expected.get(axis) == value.dim(axis);
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    "The input " + plan.inputs.get(i) + " does not take a tensor of shape " + value.shape());
        }
        return value;
    }

    private Device device(Value[] inputs) {
        for (var input : inputs) {
            if (input.type().isFloat()) {
                return input.stored().device();
            }
        }
        var parameters = parameters();
        return parameters.isEmpty()
                ? Device.cpu()
                : parameters.getFirst().value().device();
    }

    /** Where nothing is recorded, memory goes back as soon as nobody needs it, while it is still in a cache. */
    private SequencedMap<String, Value> run(Value... inputs) {
        if (NoGrad.isRecording() && (requireGradients(inputs) || !isFrozen())) {
            return run(null, inputs);
        }
        try (var scope = TensorScope.open()) {
            var results = run(scope, inputs);
            results.values().forEach(value -> scope.keep(value.stored()));
            return results;
        }
    }

    private static boolean requireGradients(Value... inputs) {
        return Arrays.stream(inputs).anyMatch(value -> value.stored().requiresGrad());
    }

    private boolean isFrozen() {
        return parameters().stream().noneMatch(parameter -> parameter.value().requiresGrad());
    }

    /** Gives a value's memory back, unless another value that is needed yet, or the caller's, is the same. */
    private static void release(TensorScope scope, Value value, @Nullable Value[] values, Value... inputs) {
        var storage = value.stored().storage();
        for (var others : List.of(values, inputs)) {
            for (var other : others) {
                if (other != null && other.stored().storage().equals(storage)) {
                    return;
                }
            }
        }
        scope.release(value.stored());
    }

    private SequencedMap<String, Value> run(@Nullable TensorScope scope, Value... inputs) {
        var device = device(inputs);
        var values = new @Nullable Value[plan.slots];
        plan.known.forEach(k -> values[k.slot] = k.value.get());
        for (int i = 0; i < inputs.length; i++) {
            values[plan.inputSlots[i]] = inputs[i];
        }
        int begin = 0;
        if (scope != null && imageByImage != null && imageByImage.fits(device, inputs[0])) {
            imageByImage.run(this, device, values, inputs[0]);
            begin = imageByImage.steps();
        }
        steps(begin, plan.steps.size(), scope, device, values, inputs);
        var results = new LinkedHashMap<String, Value>();
        for (int i = 0; i < plan.outputSlots.length; i++) {
            var value = values[plan.outputSlots[i]];
            if (value == null) {
                throw new IllegalStateException("The output " + plan.outputs.get(i) + " was not computed");
            }
            results.put(plan.outputs.get(i).name(), value);
        }
        return results;
    }

    /**
     * Runs steps {@code from} up to {@code to}, and gives back what none of the steps reads any more.
     *
     * @return elements of the largest value that they computed
     */
    int steps(int from, int to, @Nullable TensorScope scope, Device device, @Nullable Value[] values, Value... inputs) {
        int largest = 0;
        for (int i = from; i < to; i++) {
            var placed = plan.steps.get(i);
            run(placed, device, values);
            for (int slot : placed.outputs) {
                var value = slot < 0 ? null : values[slot];
                largest = Math.max(largest, value == null ? 0 : value.shape().size());
            }
            for (int slot : placed.inputs) {
                if (slot >= 0 && plan.lastUse[slot] == i) {
                    var value = values[slot];
                    values[slot] = null;
                    if (scope != null && value != null) {
                        release(scope, value, values, inputs);
                    }
                }
            }
        }
        return largest;
    }

    private static void run(Placed placed, Device device, @Nullable Value[] values) {
        var given = new @Nullable Value[placed.inputs.length];
        for (int i = 0; i < given.length; i++) {
            given[i] = placed.inputs[i] < 0 ? null : values[placed.inputs[i]];
        }
        Value[] results;
        try {
            results = placed.step.run(new Inputs(device, given));
        } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException(placed.description + ": " + e.getMessage(), e);
        }
        for (int i = 0; i < placed.outputs.length; i++) {
            if (placed.outputs[i] >= 0) {
                values[placed.outputs[i]] = results[i];
            }
        }
    }

    @Override
    protected String details() {
        return plan.inputs + " -> " + plan.outputs + ", " + plan.steps.size() + " steps";
    }
}
