package dev.obverse.contract;

import dev.obverse.autograd.GradientCheck;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every gradient of the reference device against central differences: nothing else vouches for the oracle itself. */
class GradientsTest {
    /** Two evaluations per element: larger cases repeat what smaller ones have shown. */
    static final int LARGEST = 700;

    static boolean checked(Case c) {
        return c.smooth() && c.size() <= LARGEST;
    }

    @TestFactory
    Stream<DynamicTest> gradients() {
        return OpCatalogue.ops().stream()
                .filter(GradientsTest::checked)
                .map(c -> DynamicTest.dynamicTest(c.name(), () -> check(c)));
    }

    private static void check(Case c) {
        var inputs = c.inputs().stream()
                .map(input -> Tensor.of(Device.reference(), input.values(), input.shape()))
                .toArray(Tensor[]::new);
        GradientCheck.of(c.function(), inputs).verify();
    }
}
