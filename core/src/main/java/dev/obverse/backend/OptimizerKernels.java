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
     * SGD with momentum in PyTorch's form: {@code v = momentum v + g}, {@code w -= lr v} or, Nesterov, its look-ahead.
     */
    record Sgd(double lr, double momentum, double weightDecay, boolean nesterov, double gradientScale) {}

    void sgd(Sgd spec, Storage w, Storage gradient, Storage velocity, int n);

    /** {@code average = decay average + (1 - decay) w}. */
    void ema(double decay, Storage w, Storage average, int n);

    /** Sum of squares in a fixed order, accumulated in double. */
    double sumOfSquares(Storage x, int n);
}
