package dev.obverse.autograd;

import dev.obverse.tensor.Device;
import dev.obverse.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Compares a gradient with central differences, in float64 on the reference device:
 *
 * <pre>{@code GradientCheck.of(x -> myLoss(x.get(0), x.get(1)), a, b).verify();}</pre>
 *
 * <p>A result that is not a scalar is checked through a fixed weighted sum of its elements, so every element counts.
 */
public final class GradientCheck {
    private final Function<List<Tensor>, Tensor> function;
    private final List<Tensor> inputs;
    private double step = 1e-5;
    private double tolerance = 1e-6;

    private GradientCheck(Function<List<Tensor>, Tensor> function, List<Tensor> inputs) {
        this.function = function;
        this.inputs = inputs;
    }

    /**
     * A check of {@code function} at the point {@code inputs}.
     *
     * @param function must compute on the device of its arguments, the same way each time it is called
     * @param inputs points at which to check; copied
     */
    public static GradientCheck of(Function<List<Tensor>, Tensor> function, Tensor... inputs) {
        var copies = new ArrayList<Tensor>();
        for (var input : inputs) {
            copies.add(Tensor.of(Device.reference(), input.toDoubleArray(), input.shape()));
        }
        return new GradientCheck(function, copies);
    }

    /** Distance to either side of a point, 1e-5 unless set. */
    public GradientCheck step(double step) {
        this.step = step;
        return this;
    }

    /** Largest allowed {@code |analytic - numeric| / max(1, |analytic|, |numeric|)}, 1e-6 unless set. */
    public GradientCheck tolerance(double tolerance) {
        this.tolerance = tolerance;
        return this;
    }

    /** Throws an {@link AssertionError} that names the input, the element and both values, if any differs. */
    public void verify() {
        var analytic = analytic();
        for (int i = 0; i < inputs.size(); i++) {
            var point = inputs.get(i).toDoubleArray();
            for (int e = 0; e < point.length; e++) {
                double numeric = (value(i, e, step) - value(i, e, -step)) / (2 * step);
                double exact = analytic.get(i)[e];
                double scale = Math.max(1, Math.max(Math.abs(exact), Math.abs(numeric)));
                if (!(Math.abs(exact - numeric) <= tolerance * scale)) {
                    throw new AssertionError(("Gradient of input %d, element %d (value %s): backward gives %s,"
                                    + " central differences give %s; tolerance %s")
                            .formatted(i, e, point[e], exact, numeric, tolerance));
                }
            }
        }
    }

    private List<double[]> analytic() {
        var leaves = inputs.stream().map(t -> t.detach().requiresGrad(true)).toList();
        scalar(function.apply(leaves)).backward();
        var gradients = new ArrayList<double[]>();
        for (int i = 0; i < leaves.size(); i++) {
            var gradient = leaves.get(i).grad();
            if (gradient == null) {
                throw new AssertionError("No gradient reaches input " + i + " of shape "
                        + leaves.get(i).shape());
            }
            gradients.add(gradient.toDoubleArray());
        }
        return gradients;
    }

    private double value(int input, int element, double shift) {
        var moved = new ArrayList<>(inputs);
        var values = inputs.get(input).toDoubleArray();
        values[element] += shift;
        moved.set(input, Tensor.of(Device.reference(), values, inputs.get(input).shape()));
        try (var _ = NoGrad.open()) {
            return scalar(function.apply(moved)).item();
        }
    }

    private static Tensor scalar(Tensor result) {
        var weights = new double[result.size()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = 0.5 + ((i * 37) % 101) / 101.0;
        }
        return result.mul(Tensor.of(result.device(), weights, result.shape())).sum();
    }
}
