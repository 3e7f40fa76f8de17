package dev.obverse.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.obverse.tensor.Device;
import dev.obverse.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every operation and optimiser against PyTorch. Errors are relative to the largest number of an array: 1e-13 of it in
 * float64, and in float32 what twenty roundings may add up to.
 */
class GoldenTest {
    private static final double FLOAT64 = 1e-13;
    private static final double FLOAT32 = 20 * 0x1p-24;

    private final Map<String, Golden> goldens = Golden.load();
    private final Map<String, Function<List<Tensor>, Tensor>> functions = GoldenFunctions.all();

    @Test
    void everyGoldenIsCompared() {
        var compared = new HashSet<>(functions.keySet());
        compared.addAll(OptimizerRuns.all().keySet());
        assertEquals(goldens.keySet(), compared);
    }

    @TestFactory
    Stream<DynamicTest> reference() {
        return all(Device.reference(), FLOAT64);
    }

    @TestFactory
    Stream<DynamicTest> cpu() {
        return all(Device.cpu(), FLOAT32);
    }

    private Stream<DynamicTest> all(Device device, double tolerance) {
        return goldens.values().stream()
                .map(golden -> DynamicTest.dynamicTest(golden.name(), () -> compare(golden, device, tolerance)));
    }

    private void compare(Golden golden, Device device, double tolerance) {
        var inputs = new ArrayList<Tensor>();
        for (var input : golden.all("input")) {
            inputs.add(Tensor.of(device, input.values(), input.shape()));
        }
        var optimizer = OptimizerRuns.all().get(golden.name());
        if (optimizer != null) {
            var steps = optimizer.apply(inputs.get(0), inputs.get(1));
            assertClose(golden, golden.only("result"), steps, tolerance);
            return;
        }
        inputs.forEach(input -> input.requiresGrad(true));
        var function = functions.get(golden.name());
        assertNotNull(function, golden.name());
        var result = function.apply(inputs);
        assertEquals(golden.only("result").shape(), result.shape(), golden.name());
        assertClose(golden, golden.only("result"), result.toDoubleArray(), tolerance);
        var seed = golden.only("seed");
        result.backward(Tensor.of(device, seed.values(), seed.shape()));
        for (int i = 0; i < inputs.size(); i++) {
            var gradient = inputs.get(i).grad();
            assertNotNull(gradient, golden.name());
            assertClose(golden, golden.all("gradient").get(i), gradient.toDoubleArray(), tolerance);
        }
    }

    private static void assertClose(Golden golden, Golden.Array expected, double[] actual, double tolerance) {
        double largest = 0;
        for (double v : expected.values()) {
            largest = Math.max(largest, Math.abs(v));
        }
        double limit = tolerance * largest + Double.MIN_NORMAL;
        assertArrayEquals(
                expected.values(), actual, limit, golden.name() + ", " + expected.kind() + " " + expected.shape());
    }
}
