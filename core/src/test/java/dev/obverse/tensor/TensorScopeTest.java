package dev.obverse.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.autograd.NoGrad;
import dev.obverse.random.Philox;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** On the reference device a block is filled with NaN when it is given back: whoever reads it too late computes NaN. */
class TensorScopeTest {
    private static Tensor leaf(double... values) {
        return constant(values).requiresGrad(true);
    }

    private static Tensor constant(double... values) {
        return Tensor.of(Device.reference(), values, Shape.of(values.length));
    }

    private static void assertReleased(String words, Executable use) {
        var e = assertThrows(IllegalStateException.class, use);
        assertTrue(String.valueOf(e.getMessage()).contains(words), e.getMessage());
    }

    @Test
    void aTensorUsedAfterItsScopeNamesTheOpThatMadeIt() {
        Tensor y;
        try (var _ = TensorScope.open()) {
            y = leaf(1, 2).exp();
        }
        var words = "of shape [2] can no longer be used: it was made by exp and its TensorScope is closed;"
                + " call scope.keep(tensor) on a tensor that must outlive its scope";
        assertReleased(words, y::toArray);
        assertReleased(words, () -> y.add(1));
        assertReleased(words, y::detach);
        assertReleased(words, () -> y.reshape(2, 1));
        assertEquals("Tensor[2] on reference (released)", y.toString());
    }

    @Test
    void constructorsBelongToTheScopeToo() {
        Tensor x;
        try (var _ = TensorScope.open()) {
            x = Tensor.zeros(Device.reference(), Shape.of(3));
        }
        assertReleased("made by a tensor constructor", x::toArray);
    }

    @Test
    void backwardAcrossAClosedScopeNamesTheOp() {
        var x = leaf(1, 2);
        Tensor loss;
        try (var scope = TensorScope.open()) {
            loss = scope.keep(x.exp().sum());
        }
        // exp reads its own result, which is gone; sum needs only shapes.
        assertReleased("backward() of exp needs memory that can no longer be used: it was made by exp", loss::backward);
        Tensor product;
        try (var scope = TensorScope.open()) {
            product = scope.keep(x.mul(x.add(1)));
        }
        assertReleased("it was made by affine", product.sum()::backward);
    }

    @Test
    void keepMovesATensorOut() {
        Tensor kept;
        Tensor alias;
        try (var scope = TensorScope.open()) {
            kept = scope.keep(constant(1, 2).mul(2));
            alias = scope.keep(constant(1, 2).mul(3).reshape(2, 1));
        }
        assertArrayEquals(new double[] {2, 4}, kept.toDoubleArray());
        assertArrayEquals(new double[] {3, 6}, alias.toDoubleArray());
    }

    @Test
    void keepMovesToTheEnclosingScope() {
        Tensor outer;
        try (var _ = TensorScope.open()) {
            Tensor inner;
            try (var scope = TensorScope.open()) {
                inner = scope.keep(constant(1, 2).mul(2));
            }
            assertEquals(4, inner.toDoubleArray()[1]);
            outer = inner;
        }
        assertReleased("made by affine", outer::toArray);
    }

    @Test
    void gradientsOfLeavesOutliveTheScope() {
        var w = leaf(1, 2);
        for (int step = 1; step <= 3; step++) {
            try (var _ = TensorScope.open()) {
                w.square().sum().backward();
            }
            var gradient = w.grad();
            assertNotNull(gradient);
            assertArrayEquals(new double[] {2 * step, 4 * step}, gradient.toDoubleArray());
        }
        var old = w.grad();
        assertNotNull(old);
        w.zeroGrad();
        assertReleased("zeroGrad() has cleared it", old::toArray);
    }

    @Test
    void earlyReleaseOfGradientsCorruptsNothing() {
        var shape = Shape.of(2, 8, 8, 3);
        var free = losses(shape);
        double[][] scoped;
        try (var _ = TensorScope.open()) {
            scoped = losses(shape);
        }
        double[][] nested;
        try (var _ = TensorScope.open()) {
            try (var _ = TensorScope.open()) {
                nested = losses(shape);
            }
        }
        for (int i = 0; i < free.length; i++) {
            assertArrayEquals(free[i], scoped[i], "gradient " + i);
            assertArrayEquals(free[i], nested[i], "gradient " + i);
        }
    }

    /** A network with skips, shared weights, and gradients passed on by add, reshape and concat. */
    private static double[][] losses(Shape shape) {
        var random = new Philox(3);
        var x = Tensor.randn(Device.reference(), random, shape).requiresGrad(true);
        var w = Tensor.randn(Device.reference(), random, Shape.of(3, 3, 3, 3)).requiresGrad(true);
        var same = ConvOptions.DEFAULT.padding(1);
        var a = Functional.conv2dLeakyRelu(x, w, null, same, 0.2).retainGrad();
        var b = Functional.conv2dLeakyRelu(a.add(x), w, null, same, 0.2);
        var c = Functional.concat(3, a, b, a).add(Functional.concat(3, x, x, x));
        var flat = c.reshape(2, -1).add(c.flatten(1));
        var pooled = Functional.maxPool2d(a.add(a), PoolOptions.window(2))
                .add(a.slice(1, 0, 4).slice(2, 0, 4));
        var loss = flat.tanh()
                .mean()
                .add(pooled.square().mean())
                .add(Functional.softmax(flat).amax());
        loss.backward();
        var results = new Tensor[] {x.grad(), w.grad(), a.grad()};
        var values = new double[3][];
        for (int i = 0; i < 3; i++) {
            var gradient = results[i];
            assertNotNull(gradient);
            values[i] = gradient.toDoubleArray();
        }
        return values;
    }

    @Test
    void scopesCloseInReverseOrder() {
        var outer = TensorScope.open();
        var inner = TensorScope.open();
        var e = assertThrows(IllegalStateException.class, outer::close);
        assertEquals("A TensorScope was closed while one that was opened inside it is still open", e.getMessage());
        inner.close();
        inner.close(); // closing twice is harmless
        outer.close();
    }

    @Test
    void scopesBelongToTheirThread() throws InterruptedException {
        var failure = new AtomicReference<Throwable>();
        var made = new AtomicReference<Tensor>();
        try (var scope = TensorScope.open()) {
            var other = Thread.ofPlatform().start(() -> {
                made.set(constant(1).mul(2));
                failure.set(assertThrows(IllegalStateException.class, scope::close));
            });
            other.join();
        }
        assertEquals(2, made.get().item());
        assertTrue(String.valueOf(failure.get().getMessage()).contains("by the thread that opened it"));
    }

    @Test
    void scopesDoNotNeedAutograd() {
        try (var scope = TensorScope.open();
                var _ = NoGrad.open()) {
            var y = scope.keep(leaf(1, 2).mul(3));
            assertArrayEquals(new double[] {3, 6}, y.toDoubleArray());
        }
    }

    @Test
    void theCpuRecyclesMemoryWithoutMixingThingsUp() {
        var expected = Tensor.of(new float[] {1, 2, 3}, 3).mul(2).toArray();
        for (int i = 0; i < 100; i++) {
            Tensor kept;
            try (var scope = TensorScope.open()) {
                var x = Tensor.of(new float[] {1, 2, 3}, 3);
                kept = scope.keep(x.mul(2));
                x.mul(-7).add(100).exp();
            }
            try (var _ = TensorScope.open()) {
                Tensor.full(Device.cpu(), -1, Shape.of(3)).mul(3);
                assertArrayEquals(expected, kept.toArray());
            }
        }
    }
}
