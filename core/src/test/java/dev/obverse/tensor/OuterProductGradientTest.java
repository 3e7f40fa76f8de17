package dev.obverse.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.backend.Backend;
import dev.obverse.backend.Backends;
import dev.obverse.backend.MemoryKernels;
import dev.obverse.random.Philox;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Large weights' gradients, kept as outer products, against the same graph in float64, which computes them at once. */
class OuterProductGradientTest {
    private static final int IN = 1031;
    private static final int OUT = 2053;

    private static Tensor values(Device device, int stream, int... extents) {
        return Tensor.randn(device, new Philox(stream), Shape.of(extents));
    }

    private static Tensor weight(Device device) {
        return values(device, 1, OUT, IN).requiresGrad(true);
    }

    private static Tensor linear(Tensor weight, int stream, int rows) {
        return values(weight.device(), stream, rows, IN)
                .matmulTransposed(weight)
                .square()
                .sum();
    }

    private static double[] gradient(Device device, UnaryOperator<Tensor> loss) {
        var weight = weight(device);
        try (var _ = TensorScope.open()) {
            loss.apply(weight).backward();
        }
        return Objects.requireNonNull(weight.grad()).toDoubleArray();
    }

    private static void assertAsReference(UnaryOperator<Tensor> loss) {
        var expected = gradient(Device.reference(), loss);
        var actual = gradient(Device.cpu(), loss);
        double largest = 0;
        for (double e : expected) {
            largest = Math.max(largest, Math.abs(e));
        }
        assertArrayEquals(expected, actual, 1e-5 * largest);
    }

    @Test
    void staysOuterProductsUntilItIsRead() {
        var weight = weight(Device.cpu());
        linear(weight, 2, 3).backward();
        assertTrue(weight.hasGrad());
        assertEquals(3, Objects.requireNonNull(weight.outerProducts()).rows());
        assertNotNull(weight.grad());
        assertNull(weight.outerProducts());
        assertTrue(weight.hasGrad());
        weight.zeroGrad();
        assertFalse(weight.hasGrad());
        assertNull(weight.grad());
    }

    @Test
    void oneUse() {
        assertAsReference(w -> linear(w, 2, 3));
    }

    @Test
    void usedTwice() {
        assertAsReference(w -> linear(w, 2, 3).add(linear(w, 3, 5)));
    }

    @Test
    void moreRowsThanAreKept() {
        assertAsReference(w -> linear(w, 2, 9).add(linear(w, 3, 9)).add(linear(w, 4, 4)));
    }

    @Test
    void besideAGradientOfAnotherKind() {
        assertAsReference(w -> linear(w, 2, 3).add(w.square().sum()));
        assertAsReference(w -> w.square().sum().add(linear(w, 2, 3)));
    }

    @Test
    void addsUpOverBackwards() {
        assertAsReference(w -> {
            linear(w, 2, 3).backward();
            linear(w, 3, 4).backward();
            w.square().sum().backward();
            return linear(w, 4, 2);
        });
    }

    @Test
    void hooksSeeIt() {
        assertAsReference(w -> {
            w.registerHook(g -> g.mul(3));
            return linear(w, 2, 3);
        });
    }

    @Test
    void staysWhereThereIsNoMemoryToComputeIt() {
        var cpu = Device.cpu().backend();
        var full = new AtomicBoolean();
        var device = Device.cuda(95);
        Backends.use(device, proxy(Backend.class, (_, method, arguments) -> {
            var family = method.getReturnType() == Device.class ? device : method.invoke(cpu, arguments);
            return !(family instanceof MemoryKernels memory)
                    ? family
                    : proxy(MemoryKernels.class, (_, kernel, given) -> {
                        if (full.get() && kernel.getName().equals("allocate")) {
                            throw new OutOfMemoryError("as the test wants it");
                        }
                        return kernel.invoke(memory, given);
                    });
        }));
        var weight = weight(device);
        linear(weight, 2, 3).backward();
        full.set(true);
        assertThrows(OutOfMemoryError.class, weight::grad);
        assertTrue(weight.hasGrad());
        full.set(false);
        var expected = gradient(Device.cpu(), w -> linear(w, 2, 3));
        assertArrayEquals(expected, Objects.requireNonNull(weight.grad()).toDoubleArray());
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> {
            method.setAccessible(true);
            return handler.invoke(self, method, given);
        }));
    }

    @Test
    void aGradientThatIsSetReplacesIt() {
        var weight = weight(Device.cpu());
        linear(weight, 2, 3).backward();
        var other = Tensor.zeros(Device.cpu(), weight.shape());
        weight.setGrad(other);
        assertEquals(other, weight.grad());
    }

    @Test
    void theInputsMayEndBeforeItIsRead() {
        var weight = weight(Device.cpu());
        try (var _ = TensorScope.open()) {
            linear(weight, 2, 3).backward();
        }
        try (var _ = TensorScope.open()) {
            values(Device.cpu(), 5, 3, IN);
            values(Device.cpu(), 6, 3, OUT);
        }
        var expected = gradient(Device.cpu(), w -> linear(w, 2, 3));
        assertArrayEquals(expected, Objects.requireNonNull(weight.grad()).toDoubleArray());
    }
}
