package dev.obverse.nn.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.obverse.nn.Golden;
import dev.obverse.nn.init.Init;
import dev.obverse.nn.layer.Linear;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import org.junit.jupiter.api.Test;

class EmaTest {
    @Test
    void averagesFollowTheWeightsAndAreSwappedInAndOut() {
        var model = new Linear(3, 1, false, Init.constant(0), new Philox(1));
        model.to(Device.reference());
        var weight = model.parameter("weight").value();
        weight.set(Golden.reference(new double[] {1, 2, 3}, 1, 3));
        var ema = new Ema(model, 0.75);
        weight.set(Golden.reference(new double[] {5, 2, -1}, 1, 3));
        ema.update();
        weight.set(Golden.reference(new double[] {9, 2, -1}, 1, 3));
        ema.update();
        try (var _ = ema.applied()) {
            assertArrayEquals(new double[] {3.75, 2, 1.25}, weight.toDoubleArray());
            assertThrows(IllegalStateException.class, ema::update);
            assertThrows(IllegalStateException.class, ema::applied);
        }
        assertArrayEquals(new double[] {9, 2, -1}, weight.toDoubleArray());
        var other = new Ema(model, 0.75);
        other.restore(ema.state());
        try (var _ = other.applied()) {
            assertArrayEquals(new double[] {3.75, 2, 1.25}, weight.toDoubleArray());
        }
        assertThrows(IllegalArgumentException.class, () -> new Ema(model, 1));
    }
}
