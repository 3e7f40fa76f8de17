package dev.obverse.contract;

import dev.obverse.random.Philox;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * One computation that every backend must get right, forward and backward.
 *
 * @param function over tensors on any device; it makes no tensors of its own, so that it stays on the backend it is
 *     given
 * @param scale what the rounding error of one element is relative to
 * @param terms most numbers added up for one element, where {@link Scale#TERMS} cannot count them
 * @param smooth whether central differences exist at these inputs
 */
public record Case(
        String name,
        List<Input> inputs,
        Function<List<Tensor>, Tensor> function,
        Scale scale,
        int terms,
        boolean smooth) {

    /** Values that all backends are given bit for bit. */
    public record Input(Shape shape, float[] values) {}

    /**
     * A case whose inputs are standard normal, or uniform on {@code [low, high)}; change it with the methods below.
     *
     * @param shapes of the inputs
     */
    public static Case of(String name, Function<List<Tensor>, Tensor> function, Shape... shapes) {
        return new Case(name, List.of(), function, Scale.TERMS, 1, true).normal(shapes);
    }

    /** A case of a function of one tensor. */
    public static Case unary(String name, Function<Tensor, Tensor> function, Shape shape) {
        return of(name, x -> function.apply(x.get(0)), shape);
    }

    private Case normal(Shape... shapes) {
        var random = new Philox(name.hashCode());
        var made = new ArrayList<Input>();
        for (var shape : shapes) {
            var values = new float[shape.size()];
            random.fillNormal(values, 0, 1);
            made.add(new Input(shape, values));
        }
        return with(made);
    }

    /** The same shapes, with values uniform on {@code [low, high)}. */
    public Case uniform(double low, double high) {
        var random = new Philox(name.hashCode());
        var made = new ArrayList<Input>();
        for (var input : inputs) {
            var values = new float[input.shape.size()];
            random.fillUniform(values, low, high);
            made.add(new Input(input.shape, values));
        }
        return with(made);
    }

    /** The same shapes, with few different values: whole numbers from -2 to 2, so that many elements tie. */
    public Case ties() {
        var rounded = new ArrayList<Input>();
        for (var input : inputs) {
            var values = input.values.clone();
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.clamp(Math.round(values[i]), -2, 2);
            }
            rounded.add(new Input(input.shape, values));
        }
        return with(rounded).kinked();
    }

    /** These values for the first input. */
    public Case values(float... values) {
        var changed = new ArrayList<>(inputs);
        changed.set(0, new Input(inputs.get(0).shape, values));
        return with(changed);
    }

    /** Central differences do not exist here. */
    public Case kinked() {
        return new Case(name, inputs, function, scale, terms, false);
    }

    public Case scale(Scale scale) {
        return new Case(name, inputs, function, scale, terms, smooth);
    }

    public Case terms(int terms) {
        return new Case(name, inputs, function, scale, terms, smooth);
    }

    private Case with(List<Input> changed) {
        return new Case(name, List.copyOf(changed), function, scale, terms, smooth);
    }

    /** Number of elements of all inputs. */
    public int size() {
        return inputs.stream().mapToInt(input -> input.shape.size()).sum();
    }

    @Override
    public String toString() {
        return name;
    }
}
