package dev.obverse.autograd;

import static dev.obverse.autograd.BackwardTest.constant;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The check must find what is wrong, or all tests that lean on it say nothing. */
class GradientCheckTest {
    /** A square whose derivative is {@code factor x} instead of {@code 2 x}, in one element by {@code extra} more. */
    private static CustomFunction square(double factor, double extra) {
        return new CustomFunction() {
            @Override
            protected Tensor forward(Tensor... inputs) {
                return inputs[0].square();
            }

            @Override
            protected @Nullable Tensor[] backward(Tensor gradient, Tensor result, Tensor... inputs) {
                return new Tensor[] {gradient.mul(inputs[0].mul(factor).add(constant(0, extra, 0)))};
            }
        };
    }

    @Test
    void acceptsACorrectGradient() {
        GradientCheck.of(x -> square(2, 0).apply(x.get(0)), constant(1, -2, 0.5))
                .verify();
    }

    @Test
    void catchesAWrongFactor() {
        var check = GradientCheck.of(x -> square(2.001, 0).apply(x.get(0)), constant(1, -2, 0.5));
        assertMessage(check, "Gradient of input 0, element 0 (value 1.0)");
    }

    @Test
    void catchesOneWrongElementOfALaterInput() {
        var check = GradientCheck.of(
                x -> x.get(0).mul(square(2, 1e-5).apply(x.get(1))), constant(1, 1, 1), constant(1, -2, 0.5));
        assertMessage(check, "Gradient of input 1, element 1 (value -2.0)");
    }

    @Test
    void catchesAGradientThatNeverArrives() {
        var check = GradientCheck.of(x -> x.get(0).add(x.get(1).detach()), constant(1), constant(2));
        assertMessage(check, "No gradient reaches input 1");
    }

    @Test
    void catchesAMissingTermBehindADetach() {
        var check = GradientCheck.of(x -> x.get(0).mul(x.get(0).detach()), constant(3));
        assertMessage(check, "element 0 (value 3.0)");
    }

    @Test
    void catchesNotANumber() {
        var check = GradientCheck.of(x -> x.get(0).sqrt(), constant(0));
        assertMessage(check, "element 0");
    }

    @Test
    void toleranceAndStepAreTheUsers() {
        GradientCheck.of(x -> square(2.001, 0).apply(x.get(0)), constant(1, -2, 0.5))
                .tolerance(1e-2)
                .step(1e-4)
                .verify();
    }

    @Test
    void weighsEveryElementOfTheResult() {
        // The sum of a softmax is constant: an unweighted sum would accept any gradient that vanishes.
        var check = GradientCheck.of(
                x -> Functional.softmax(x.get(0)).detach().add(x.get(0).mul(0)), constant(1, 2));
        assertMessage(check, "element 0");
    }

    private static void assertMessage(GradientCheck check, String words) {
        var e = assertThrows(AssertionError.class, check::verify);
        assertTrue(String.valueOf(e.getMessage()).contains(words), e.getMessage());
    }
}
