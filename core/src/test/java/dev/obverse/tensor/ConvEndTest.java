package dev.obverse.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.obverse.autograd.NoGrad;
import dev.obverse.backend.OptimizerKernels;
import dev.obverse.backend.Storage;
import dev.obverse.random.Philox;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What ends a convolution: in one pass, and as operations with gradients; and weights that are kept in another order.
 */
class ConvEndTest {
    private static final ConvOptions SAME = ConvOptions.DEFAULT.padding(1);

    private final Tensor x = random(1, 2, 5, 6, 16);
    private final Tensor weight = random(2, 3, 3, 16, 20);
    private final Tensor bias = random(3, 20);
    private final Tensor residual = random(4, 2, 5, 6, 20);
    private final Tensor slopes = random(5, 20);

    private static Tensor random(int stream, int... extents) {
        return Tensor.randn(Device.cpu(), new Philox(3, stream), Shape.of(extents));
    }

    private static ConvEnd end(@Nullable Tensor residual, double slope, @Nullable Tensor slopes, double high) {
        return new ConvEnd(residual, slope, slopes, high);
    }

    @Test
    void onePassGivesWhatTheOperationsGive() {
        double none = Double.POSITIVE_INFINITY;
        for (var end : List.of(
                end(null, 0.1, null, none),
                end(residual, 1, null, none),
                end(null, 1, slopes, none),
                end(null, 0, null, 2),
                end(residual, 1, slopes, 2))) {
            var whole = Functional.conv2d(x, weight, bias, SAME, end);
            var parts = end.after(Functional.conv2d(x, weight, bias, SAME));
            assertArrayEquals(parts.toArray(), whole.toArray(), 1e-5f, end.toString());
        }
    }

    @Test
    void gradientsFlowThroughAllOfIt() {
        slopes.requiresGrad(true);
        residual.requiresGrad(true);
        var end = end(residual, 1, slopes, 2);
        Functional.conv2d(x, weight, bias, SAME, end).sum().backward();
        var whole = List.of(gradient(slopes), gradient(residual));
        slopes.zeroGrad();
        residual.zeroGrad();
        end.after(Functional.conv2d(x, weight, bias, SAME)).sum().backward();
        assertArrayEquals(gradient(slopes), whole.get(0));
        assertArrayEquals(gradient(residual), whole.get(1));
    }

    private static float[] gradient(Tensor tensor) {
        var gradient = tensor.grad();
        return gradient == null ? new float[0] : gradient.toArray();
    }

    @Test
    void namesAResidualOfTheWrongShape() {
        var wrong = end(random(6, 2, 5, 5, 20), 1, null, 2);
        var e = assertThrows(IllegalArgumentException.class, () -> Functional.conv2d(x, weight, bias, SAME, wrong));
        assertEquals("conv2d: residual must have shape [2,5,6,20], not [2,5,5,20]", e.getMessage());
    }

    @Test
    void refusesANegativeSlope() {
        var e = assertThrows(IllegalArgumentException.class, () -> end(residual, -0.1, null, 2));
        assertEquals(
                "conv2d: the LeakyReLU slope must be 0 or more and the bound a number, not -0.1 and 2.0",
                e.getMessage());
    }

    @Test
    void aKeptWeightIsForgottenWhenTheWeightChanges() {
        var pointwise = random(7, 1, 1, 16, 20);
        var other = random(8, 1, 1, 16, 20);
        var optimizer = pointwise.backend().optimizer();
        int n = pointwise.size();
        check(pointwise);
        pointwise.set(other.toArray());
        check(pointwise);
        pointwise.set(random(9, 1, 1, 16, 20));
        check(pointwise);
        optimizer.sgd(new OptimizerKernels.Sgd(0.1, 0, 0, false, 1), pointwise.storage(), other.storage(), zeros(n), n);
        check(pointwise);
        optimizer.adam(
                new OptimizerKernels.Adam(0.1, 0.9, 0.999, 1e-8, 0, false, 1, 1),
                pointwise.storage(),
                other.storage(),
                zeros(n),
                zeros(n),
                n);
        check(pointwise);
        optimizer.ema(0.5, other.storage(), pointwise.storage(), n);
        check(pointwise);
        pointwise.backend().memory().fill(pointwise.storage(), 0.25);
        check(pointwise);
        pointwise.backend().elementwise().accumulate(other.storage(), pointwise.storage(), n);
        check(pointwise);
    }

    private static Storage zeros(int n) {
        return Tensor.zeros(Device.cpu(), Shape.of(n)).storage();
    }

    /** Three times without a gradient, where the weight is kept from the second time on; as often as it is recorded. */
    private void check(Tensor pointwise) {
        var recorded =
                Functional.conv2d(x, pointwise, null, ConvOptions.DEFAULT).toArray();
        try (var _ = NoGrad.open()) {
            for (int i = 0; i < 3; i++) {
                var inferred = Functional.conv2d(x, pointwise, null, ConvOptions.DEFAULT);
                assertArrayEquals(recorded, inferred.toArray());
            }
        }
    }
}
