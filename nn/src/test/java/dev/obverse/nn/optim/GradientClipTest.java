package dev.obverse.nn.optim;

import static dev.obverse.nn.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.obverse.nn.Golden;
import dev.obverse.nn.Layer;
import dev.obverse.nn.layer.Linear;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.TensorScope;
import org.junit.jupiter.api.Test;

class GradientClipTest {
    private static Layer model() {
        var model = new Linear(3, 1, new Philox(1));
        model.to(Device.reference());
        model.parameter("weight").value().setGrad(Golden.reference(new double[] {3, -4, 0.5}, 1, 3));
        return model;
    }

    @Test
    void theNormAndItsFactorArePyTorchs() {
        var golden = Golden.of("clip");
        var model = new Linear(3, 2, new Philox(1));
        model.to(Device.reference());
        model.parameter("weight").value().setGrad(Golden.reference(new double[] {3, -4, 0.5, 0, 0, 0}, 2, 3));
        model.parameter("bias").value().setGrad(Golden.reference(new double[] {1, 2}, 2));
        double norm = GradientClip.norm(model.parameters());
        assertEquals(golden.number("norm"), norm, 1e-12);
        double factor = GradientClip.factor(norm, 2);
        assertClose(
                golden.numbers("clipped"),
                new double[] {3 * factor, -4 * factor, 0.5 * factor, factor, 2 * factor},
                1e-12);
    }

    @Test
    void shortGradientsAreLeftAlone() {
        assertEquals(1, GradientClip.factor(1.5, 2));
        assertThrows(IllegalArgumentException.class, () -> GradientClip.factor(1, 0));
    }

    @Test
    void valuesAreLimitedAndTheResultOutlivesTheScope() {
        var model = model();
        try (var _ = TensorScope.open()) {
            GradientClip.clampValues(model.parameters(), 1);
        }
        var gradient = model.parameter("weight").grad();
        assertNotNull(gradient);
        assertArrayEquals(new double[] {1, -1, 0.5}, gradient.toDoubleArray());
        assertThrows(IllegalArgumentException.class, () -> GradientClip.clampValues(model.parameters(), -1));
    }
}
