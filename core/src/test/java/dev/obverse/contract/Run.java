package dev.obverse.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.obverse.backend.Backend;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** What came out of a case: its result first, then the gradient of each input. */
record Run(Case what, List<double[]> arrays) {

    /** Runs forward and backward, and fails if an input changed on the way. */
    static Run of(Case what, Backend backend) {
        return of(what, backend, DoubleUnaryOperator.identity());
    }

    /** The same with every number that goes in, the result's gradient included, passed through {@code change}. */
    static Run of(Case what, Backend backend, DoubleUnaryOperator change) {
        var inputs = leaves(what, backend, change);
        var before = inputs.stream().map(Tensor::toDoubleArray).toList();
        var result = what.function().apply(inputs);
        var arrays = new ArrayList<double[]>();
        arrays.add(result.toDoubleArray());
        result.backward(tensor(backend, seed(result.size()), result.shape(), change));
        for (int i = 0; i < inputs.size(); i++) {
            var gradient = inputs.get(i).grad();
            assertNotNull(gradient, what.name() + ": no gradient reaches input " + i);
            arrays.add(gradient.toDoubleArray());
            assertArrayEquals(
                    before.get(i), inputs.get(i).toDoubleArray(), what.name() + ": input " + i + " was modified");
        }
        assertArrayEquals(arrays.get(0), result.toDoubleArray(), what.name() + ": backward modified the result");
        return new Run(what, arrays);
    }

    /** The inputs of a case, each requiring a gradient. */
    static List<Tensor> leaves(Case what, Backend backend) {
        return leaves(what, backend, DoubleUnaryOperator.identity());
    }

    private static List<Tensor> leaves(Case what, Backend backend, DoubleUnaryOperator change) {
        var inputs = new ArrayList<Tensor>();
        for (var input : what.inputs()) {
            inputs.add(tensor(backend, input.values(), input.shape(), change).requiresGrad(true));
        }
        return inputs;
    }

    /** The gradient that is sent into a result: no two elements alike. */
    private static float[] seed(int size) {
        var values = new float[size];
        new Philox(size).fillUniform(values, -1, 1);
        return values;
    }

    private static Tensor tensor(Backend backend, float[] values, Shape shape, DoubleUnaryOperator change) {
        var changed = new double[values.length];
        for (int i = 0; i < changed.length; i++) {
            changed[i] = change.applyAsDouble(values[i]);
        }
        var storage = backend.memory().allocate(changed.length);
        backend.memory().write(changed, storage);
        return Functional.wrap(shape, storage, backend);
    }

    /** Fails unless every number is as close to the reference as {@link Scale} demands. */
    void assertClose(Run reference) {
        assertClose(reference, new Arithmetic.Row(0, true));
    }

    /** As close as {@link Scale} demands, and as the row allows beyond that. */
    void assertClose(Run reference, Arithmetic.Row row) {
        var device = Device.reference().backend();
        boolean sums = what.scale() == Scale.TERMS || what.scale() == Scale.MOST_TERMS;
        var scales = sums ? of(what, device, Math::abs) : reference;
        var counts = sums ? of(what, device, v -> 1) : reference;
        for (int a = 0; a < (row.gradients() ? arrays.size() : 1); a++) {
            var expected = reference.arrays.get(a);
            double largest = largest(expected);
            boolean most = what.scale() == Scale.MOST_TERMS;
            double mostTerms = most ? largest(counts.arrays.get(a)) : 0;
            double mostScale = most ? largest(scales.arrays.get(a)) : 0;
            for (int i = 0; i < expected.length; i++) {
                double terms = sums && !most ? Math.abs(counts.arrays.get(a)[i]) : Math.max(1, mostTerms);
                double scale = switch (what.scale()) {
                    case TERMS ->
                        Math.max(Math.abs(expected[i]), Math.abs(scales.arrays.get(a)[i]));
                    case MOST_TERMS -> mostScale;
                    case EACH -> Math.abs(expected[i]) + (a == 0 ? 0 : 1);
                    case LARGEST -> largest;
                };
                double limit = Scale.limit(Math.max(what.terms(), terms), scale);
                close(a, i, expected[i], limit + row.error() * scale);
            }
        }
    }

    private static double largest(double[] values) {
        double largest = 0;
        for (double v : values) {
            largest = Math.max(largest, Math.abs(v));
        }
        return largest;
    }

    private void close(int array, int i, double expected, double limit) {
        double actual = arrays.get(array)[i];
        boolean same = Double.compare(actual, (float) expected) == 0 || Math.abs(actual - expected) <= limit;
        if (!same) {
            throw new AssertionError("%s, %s, element %d: %s instead of %s, error %.3g, allowed %.3g"
                    .formatted(what.name(), label(array), i, actual, expected, Math.abs(actual - expected), limit));
        }
    }

    /** Fails unless every bit is the same. */
    void assertSameBits(Run other, String difference) {
        for (int a = 0; a < arrays.size(); a++) {
            assertArrayEquals(
                    arrays.get(a), other.arrays.get(a), what.name() + ", " + label(a) + " differs " + difference);
        }
    }

    private static String label(int array) {
        return array == 0 ? "result" : "gradient of input " + (array - 1);
    }
}
