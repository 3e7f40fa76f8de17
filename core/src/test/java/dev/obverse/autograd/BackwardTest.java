package dev.obverse.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.tensor.Device;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The graph: which gradients arrive where, and how they add up. Expected numbers are worked out by hand. */
class BackwardTest {
    static Tensor leaf(double... values) {
        return constant(values).requiresGrad(true);
    }

    static Tensor constant(double... values) {
        return Tensor.of(Device.reference(), values, Shape.of(values.length));
    }

    static double[] gradient(Tensor tensor) {
        var gradient = tensor.grad();
        assertNotNull(gradient, "no gradient has arrived");
        return gradient.toDoubleArray();
    }

    static void assertGradient(Tensor tensor, double... expected) {
        assertArrayEquals(expected, gradient(tensor), 1e-12);
    }

    @Test
    void gradientsOfSeveralPassesAddUpUntilCleared() {
        var x = leaf(1, 2);
        x.mul(3).sum().backward();
        x.square().sum().backward();
        assertGradient(x, 3 + 2, 3 + 4);
        x.zeroGrad();
        assertNull(x.grad());
        x.sum().backward();
        assertGradient(x, 1, 1);
    }

    @Test
    void oneTensorAsBothInputs() {
        var x = leaf(3, -2);
        x.mul(x).sum().backward();
        assertGradient(x, 6, -4);
        x.zeroGrad();
        x.add(x).sum().backward();
        assertGradient(x, 2, 2);
        x.zeroGrad();
        x.sub(x).sum().backward();
        assertGradient(x, 0, 0);
        x.zeroGrad();
        Functional.concat(0, x, x, x)
                .mul(constant(1, 2, 10, 20, 100, 200))
                .sum()
                .backward();
        assertGradient(x, 111, 222);
    }

    @Test
    void diamond() {
        var x = leaf(2);
        var y = x.square();
        var left = y.mul(3);
        var right = y.exp();
        left.mul(right).sum().backward();
        // d/dx 3 x^2 exp(x^2) = 6 x exp(x^2) (1 + x^2)
        assertGradient(x, 12 * Math.exp(4) * 5);
    }

    @Test
    void oneGradientForTwoLeavesIsTwoArrays() {
        var a = leaf(1, 2);
        var b = leaf(3, 4);
        a.add(b).square().sum().backward();
        assertGradient(a, 8, 12);
        assertGradient(b, 8, 12);
        a.sum().backward();
        assertGradient(a, 9, 13);
        assertGradient(b, 8, 12);
    }

    @Test
    void aSharedGradientIsNotTheAccumulatorOfOneOfItsOwners() {
        var a = leaf(1, 2);
        var b = leaf(3, 4);
        var early = a.mul(3);
        a.add(b).mul(constant(5, 7)).sum().add(early.sum()).backward();
        assertGradient(a, 8, 10);
        assertGradient(b, 5, 7);
    }

    @Test
    void detachStopsTheGradient() {
        var x = leaf(2);
        x.mul(x.detach()).sum().backward();
        assertGradient(x, 2);
        assertFalse(x.detach().requiresGrad());
        assertTrue(x.requiresGrad());
    }

    @Test
    void onlyWhoAsksGetsAGradient() {
        var x = leaf(2);
        var constant = constant(5);
        x.mul(constant).sum().backward();
        assertNull(constant.grad());
        assertFalse(constant.mul(2).requiresGrad());
    }

    @Test
    void reshapeSharesMemoryButNotGradients() {
        var x = leaf(1, 2, 3, 4);
        var y = x.reshape(2, 2).retainGrad();
        y.sum(0)
                .mul(constant(10, 100))
                .sum()
                .add(x.mul(constant(1, 2, 3, 4)).sum())
                .backward();
        assertGradient(x, 11, 102, 13, 104);
        assertGradient(y, 10, 100, 10, 100);
    }

    @Test
    void noGradRecordsNothingAndNests() {
        var x = leaf(2);
        try (var _ = NoGrad.open()) {
            try (var _ = NoGrad.open()) {
                assertFalse(x.mul(2).requiresGrad());
            }
            assertFalse(NoGrad.isRecording());
            assertFalse(x.mul(2).requiresGrad());
        }
        assertTrue(NoGrad.isRecording());
        assertThrows(IllegalArgumentException.class, () -> {
            try (var _ = NoGrad.open()) {
                x.add(constant(1, 2, 3).reshape(3, 1).slice(0, 5, 9));
            }
        });
        assertTrue(NoGrad.isRecording());
        assertTrue(x.mul(2).requiresGrad());
    }

    @Test
    void noGradIsOfItsThread() throws InterruptedException {
        var recording = new ArrayList<Boolean>();
        try (var _ = NoGrad.open()) {
            var other = Thread.ofPlatform().start(() -> recording.add(NoGrad.isRecording()));
            other.join();
        }
        assertEquals(List.of(true), recording);
    }

    @Test
    void hooksSeeTheWholeGradientOnceAndMayReplaceIt() {
        var x = leaf(1, 2);
        var y = x.mul(2);
        var seen = new ArrayList<double[]>();
        y.registerHook(g -> {
            seen.add(g.toDoubleArray());
            return g.mul(10);
        });
        y.registerHook(g -> g.add(1));
        y.sum().add(y.mul(constant(3, 4)).sum()).backward();
        assertEquals(1, seen.size());
        assertArrayEquals(new double[] {4, 5}, seen.get(0));
        assertGradient(x, 82, 102);
    }

    @Test
    void hooksOfLeavesRunBeforeTheGradientIsStored() {
        var x = leaf(1, 2);
        x.registerHook(g -> g.mul(-1));
        x.mul(3).sum().backward();
        x.mul(3).sum().backward();
        assertGradient(x, -6, -6);
    }

    @Test
    void aGradientThatAHookKeepsStaysAsItWas() {
        for (boolean scoped : new boolean[] {false, true}) {
            var x = leaf(1, 2);
            var kept = new ArrayList<Tensor>();
            try (var scope = TensorScope.open()) {
                var extra = x.mul(constant(5, 7)).sum();
                var y = x.reshape(2, 1);
                y.registerHook(g -> {
                    kept.add(scoped ? scope.keep(g) : g);
                    return g;
                });
                y.mul(3).sum().add(extra).backward();
                assertArrayEquals(new double[] {3, 3}, kept.get(0).toDoubleArray());
                assertGradient(x, 8, 10);
            }
            assertGradient(x, 8, 10);
        }
    }

    @Test
    void aHookMustKeepTheShape() {
        var x = leaf(1, 2);
        x.registerHook(Tensor::sum);
        var y = x.sum();
        var e = assertThrows(IllegalStateException.class, y::backward);
        assertEquals("A gradient hook returned shape [] for a tensor of shape [2]", e.getMessage());
    }

    @Test
    void retainGradKeepsAnIntermediateGradient() {
        var x = leaf(1, 2);
        var y = x.mul(2).retainGrad();
        var z = y.square();
        z.sum().backward();
        assertGradient(y, 4, 8);
        assertGradient(x, 8, 16);
        assertNull(z.grad());
    }

    @Test
    void aGraphIsUsedUpByBackward() {
        var x = leaf(1, 2);
        var y = x.exp();
        var z = y.sum();
        z.backward();
        var e = assertThrows(IllegalStateException.class, z::backward);
        assertTrue(message(e).contains("used up at sum"), e.getMessage());
        var other = assertThrows(IllegalStateException.class, y.mul(2).sum()::backward);
        assertTrue(message(other).contains("used up at exp"), other.getMessage());
    }

    private static String message(Throwable e) {
        return String.valueOf(e.getMessage());
    }

    @Test
    void aRetainedGraphServesAgain() {
        var x = leaf(1, 2);
        var z = x.square().sum();
        z.backwardRetainingGraph();
        z.backwardRetainingGraph();
        z.backward();
        assertGradient(x, 6, 12);
    }

    @Test
    void backwardFromAnyShapeWithAGradientOfThatShape() {
        var x = leaf(1, 2);
        var seed = constant(10, 100);
        x.square().backward(seed);
        assertGradient(x, 20, 400);
        assertArrayEquals(new double[] {10, 100}, seed.toDoubleArray());
    }

    @Test
    void aLeafMayBeTheRoot() {
        var x = leaf(3);
        x.backward(constant(5));
        x.backward(constant(5));
        assertGradient(x, 10);
    }

    @Test
    void deepGraphsDoNotOverflowTheStack() {
        var x = leaf(1);
        var y = x;
        for (int i = 0; i < 20_000; i++) {
            y = y.add(1);
        }
        y.sum().backward();
        assertGradient(x, 1);
    }

    @Test
    void everyRunAddsInTheSameOrder() {
        var weights = new double[50];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = Math.sin(i) * Math.pow(10, i % 9);
        }
        double[] first = null;
        for (int run = 0; run < 3; run++) {
            var x = leaf(1.1);
            var sum = x.mul(0);
            for (double weight : weights) {
                sum = sum.add(x.mul(weight));
            }
            sum.sum().backward();
            if (first == null) {
                first = gradient(x);
            }
            assertArrayEquals(first, gradient(x));
        }
    }

    @Test
    void anEmptyTensorHasAnEmptyGradient() {
        var x = Tensor.of(Device.reference(), new double[0], Shape.of(0, 3)).requiresGrad(true);
        x.mul(2).sum().backward();
        assertEquals(0, gradient(x).length);
    }
}
