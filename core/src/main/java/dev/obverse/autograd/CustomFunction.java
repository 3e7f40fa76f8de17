package dev.obverse.autograd;

import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * An operation with a gradient of the user's own: extend it, write {@link #forward} and {@link #backward} in terms of
 * tensors, and call {@link #apply}. What it computes is not recorded op by op; the graph sees one node.
 *
 * <p>Check it with {@link GradientCheck}. A function whose {@link #backward} is not overridden fails when it is applied
 * to a tensor that requires a gradient, not later and not silently.
 */
public abstract class CustomFunction {
    /** For subclasses. */
    protected CustomFunction() {}

    /** Computes the result; recording is off. */
    protected abstract Tensor forward(Tensor... inputs);

    /**
     * Computes the gradient of each input, in order, of the input's shape; null where an input has none.
     *
     * @param gradient gradient of the result
     * @param result what {@link #forward} returned
     */
    protected @Nullable Tensor[] backward(Tensor gradient, Tensor result, Tensor... inputs) {
        throw new UnsupportedOperationException(name() + " has no backward");
    }

    /** Name for messages. */
    public String name() {
        return getClass().getSimpleName();
    }

    /** Runs the function and records it as one operation. */
    public final Tensor apply(Tensor... inputs) {
        return Functional.custom(new Calls(), inputs);
    }

    private boolean hasBackward() {
        for (Class<?> c = getClass(); c != CustomFunction.class; c = c.getSuperclass()) {
            try {
                var _ = c.getDeclaredMethod("backward", Tensor.class, Tensor.class, Tensor[].class);
                return true;
            } catch (NoSuchMethodException e) {
                // look at the superclass
            }
        }
        return false;
    }

    /** The view of a function that autograd has; keeps the two methods above protected for users. */
    public final class Calls {
        private Calls() {}

        public String name() {
            return CustomFunction.this.name();
        }

        public boolean differentiable() {
            return hasBackward();
        }

        public Tensor forward(Tensor... inputs) {
            return CustomFunction.this.forward(inputs);
        }

        public @Nullable Tensor[] backward(Tensor gradient, Tensor result, Tensor... inputs) {
            return CustomFunction.this.backward(gradient, result, inputs);
        }
    }
}
