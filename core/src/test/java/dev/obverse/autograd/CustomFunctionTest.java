package dev.obverse.autograd;

import static dev.obverse.autograd.BackwardTest.assertGradient;
import static dev.obverse.autograd.BackwardTest.constant;
import static dev.obverse.autograd.BackwardTest.leaf;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CustomFunctionTest {
    /** {@code a exp(b)}, with a gradient for {@code a} only if asked. */
    private static class Scaled extends CustomFunction {
        @Override
        protected Tensor forward(Tensor... inputs) {
            return inputs[0].mul(inputs[1].exp());
        }

        @Override
        protected @Nullable Tensor[] backward(Tensor gradient, Tensor result, Tensor... inputs) {
            return new Tensor[] {gradient.mul(inputs[1].exp()), gradient.mul(result)};
        }
    }

    private static final class Inherits extends Scaled {}

    private static final class WithoutBackward extends CustomFunction {
        @Override
        protected Tensor forward(Tensor... inputs) {
            return inputs[0].square();
        }
    }

    @Test
    void itsBackwardIsTheGradient() {
        for (var f : new Scaled[] {new Scaled(), new Inherits()}) {
            var a = leaf(2, 3);
            var b = leaf(0, 1);
            var y = f.apply(a, b);
            assertArrayEquals(new double[] {2, 3 * Math.E}, y.toDoubleArray(), 1e-12);
            y.mul(constant(1, 10)).sum().backward();
            assertGradient(a, 1, 10 * Math.E);
            assertGradient(b, 2, 30 * Math.E);
        }
    }

    @Test
    void passesTheGradientCheckInsideOtherOps() {
        GradientCheck.of(
                        x -> new Scaled().apply(x.get(0).square(), x.get(1)).sigmoid(),
                        constant(0.5, -1),
                        constant(1, 0.3))
                .verify();
    }

    @Test
    void aScopeAroundItChangesNothing() {
        var a = leaf(2, 3);
        try (var _ = TensorScope.open()) {
            var y = new Scaled().apply(a, constant(0, 1));
            y.sum().backward();
        }
        assertGradient(a, 1, Math.E);
    }

    @Test
    void withoutBackwardItRefusesToBeRecorded() {
        var e = assertThrows(UnsupportedOperationException.class, () -> new WithoutBackward().apply(leaf(1)));
        assertEquals(
                "WithoutBackward has no backward, but an input requires a gradient: override backward, or apply it"
                        + " while recording is off or to detached tensors",
                e.getMessage());
        assertEquals(9, new WithoutBackward().apply(constant(3)).item());
        try (var _ = NoGrad.open()) {
            assertFalse(new WithoutBackward().apply(leaf(1)).requiresGrad());
        }
    }

    @Test
    void wrongGradientsAreNamed() {
        var few = new CustomFunction() {
            @Override
            public String name() {
                return "few";
            }

            @Override
            protected Tensor forward(Tensor... inputs) {
                return inputs[0].add(inputs[1]);
            }

            @Override
            protected @Nullable Tensor[] backward(Tensor gradient, Tensor result, Tensor... inputs) {
                return new Tensor[] {gradient};
            }
        };
        var y = few.apply(leaf(1), leaf(2)).sum();
        assertEquals(
                "few: backward returned 1 gradients for 2 inputs",
                assertThrows(IllegalStateException.class, y::backward).getMessage());

        var misshapen = new CustomFunction() {
            @Override
            public String name() {
                return "misshapen";
            }

            @Override
            protected Tensor forward(Tensor... inputs) {
                return inputs[0].mul(1);
            }

            @Override
            protected @Nullable Tensor[] backward(Tensor gradient, Tensor result, Tensor... inputs) {
                return new Tensor[] {gradient.sum()};
            }
        };
        var z = misshapen.apply(leaf(1, 2)).sum();
        assertEquals(
                "misshapen: backward returned [] as the gradient of input 0, which has shape [2]",
                assertThrows(IllegalStateException.class, z::backward).getMessage());
    }

    @Test
    void mayReturnItsInputOrItsGradientUntouched() {
        var identity = new CustomFunction() {
            @Override
            protected Tensor forward(Tensor... inputs) {
                return inputs[0];
            }

            @Override
            protected @Nullable Tensor[] backward(Tensor gradient, Tensor result, Tensor... inputs) {
                return new Tensor[] {gradient};
            }
        };
        var x = leaf(1, 2);
        try (var _ = TensorScope.open()) {
            var y = identity.apply(x);
            y.add(x).sum().backward();
        }
        assertGradient(x, 2, 2);
        assertArrayEquals(new double[] {1, 2}, x.toDoubleArray());
    }
}
