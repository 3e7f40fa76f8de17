package dev.obverse.backend;

/** One pass over a parameter, its gradient and the optimiser's state, all updated in place. */
public interface OptimizerKernels {
    /**
     * Adam (Kingma and Ba 2015) in PyTorch's form.
     *
     * @param step number of this update, from 1
     * @param weightDecay added to the gradient as {@code weightDecay w}, or, if {@code decoupled}, applied as {@code w
     *     *= 1 - lr weightDecay} (AdamW)
     * @param gradientScale factor on the gradient, which is how clipping by norm reaches it
     */
    record Adam(
            double lr,
            double beta1,
            double beta2,
            double eps,
            double weightDecay,
            boolean decoupled,
            double gradientScale,
            int step) {}

    void adam(Adam spec, Storage w, Storage gradient, Storage firstMoment, Storage secondMoment, int n);

    /**
     * Whether a gradient {@code [m,n]} that is the sum of this many outer products should stay one until it is read.
     * Only a backend that says so need have {@link #adam(Adam, Storage, OuterProducts, Storage, Storage)} and
     * {@link #sumOfSquares(OuterProducts)}.
     */
    default boolean keepsOuterProducts(int rows, int m, int n) {
        return false;
    }

    /** Adam with a gradient that nobody has computed. */
    default void adam(Adam spec, Storage w, OuterProducts gradient, Storage firstMoment, Storage secondMoment) {
        throw new UnsupportedOperationException("adam of outer products");
    }

    /**
     * SGD with momentum in PyTorch's form: {@code v = momentum v + g}, {@code w -= lr v} or, Nesterov, its look-ahead.
     */
    record Sgd(double lr, double momentum, double weightDecay, boolean nesterov, double gradientScale) {}

    void sgd(Sgd spec, Storage w, Storage gradient, Storage velocity, int n);

    /** {@code average = decay average + (1 - decay) w}. */
    void ema(double decay, Storage w, Storage average, int n);

    /** Sum of squares in a fixed order, accumulated in double. */
    double sumOfSquares(Storage x, int n);

    /** Sum of squares of the matrix, accumulated in double, in a fixed order. */
    default double sumOfSquares(OuterProducts x) {
        throw new UnsupportedOperationException("sumOfSquares of outer products");
    }
}
