package dev.obverse.nn;

import dev.obverse.autograd.GradientCheck;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;

/**
 * Compares the gradients of a module's result, with respect to its inputs and to all its parameters, with central
 * differences in float64:
 *
 * <pre>{@code ModuleGradientCheck.of(layer, x).verify();}</pre>
 *
 * <p>Each number costs two forward passes on the reference device, so keep the module small. The module is left as it
 * was, buffers and random numbers included.
 */
public final class ModuleGradientCheck {
    private final Module module;
    private final Function<List<Tensor>, Tensor> forward;
    private final List<Tensor> inputs;
    private double tolerance = 1e-6;

    private ModuleGradientCheck(Module module, Function<List<Tensor>, Tensor> forward, List<Tensor> inputs) {
        this.module = module;
        this.forward = forward;
        this.inputs = inputs;
    }

    public static ModuleGradientCheck of(Layer layer, Tensor input) {
        return of(layer, inputs -> layer.forward(inputs.get(0)), input);
    }

    /** For modules with other signatures: {@code forward} runs the module on its arguments. */
    public static ModuleGradientCheck of(Module module, Function<List<Tensor>, Tensor> forward, Tensor... inputs) {
        return new ModuleGradientCheck(module, forward, List.of(inputs));
    }

    /** As in {@link GradientCheck#tolerance}. */
    public ModuleGradientCheck tolerance(double tolerance) {
        this.tolerance = tolerance;
        return this;
    }

    /**
     * Checks every element of every input and parameter.
     *
     * @throws AssertionError that names the input or parameter, if a gradient is missing or differs
     */
    public void verify() {
        var parameters = module.namedParameters();
        var ownParameters = new LinkedHashMap<Parameter, Tensor>();
        parameters.values().forEach(p -> ownParameters.put(p, p.value()));
        var ownBuffers = new LinkedHashMap<Buffer, Tensor>();
        module.namedBuffers().values().forEach(b -> ownBuffers.put(b, b.value()));
        var generators = new LinkedHashMap<Philox, Philox.State>();
        module.namedGenerators().values().forEach(random -> generators.put(random, random.state()));

        var points = new ArrayList<>(inputs);
        points.addAll(ownParameters.values());
        Function<List<Tensor>, Tensor> function = arguments -> {
            ownBuffers.forEach((buffer, own) -> buffer.replace(copy(own)));
            generators.forEach(Philox::restore);
            int next = inputs.size();
            for (var parameter : ownParameters.keySet()) {
                parameter.replace(arguments.get(next++));
            }
            return forward.apply(arguments.subList(0, inputs.size()));
        };
        try {
            GradientCheck.of(function, points.toArray(Tensor[]::new))
                    .tolerance(tolerance)
                    .verify();
        } catch (AssertionError e) {
            throw new AssertionError(
                    e.getMessage() + "; inputs " + inputs.size() + " and up are " + List.copyOf(parameters.keySet()),
                    e);
        } finally {
            ownParameters.forEach(Parameter::replace);
            ownBuffers.forEach(Buffer::replace);
            generators.forEach(Philox::restore);
        }
    }

    private static Tensor copy(Tensor tensor) {
        return Tensor.of(Device.reference(), tensor.toDoubleArray(), tensor.shape());
    }
}
