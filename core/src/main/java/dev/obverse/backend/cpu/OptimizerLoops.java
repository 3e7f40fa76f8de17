package dev.obverse.backend.cpu;

/** Inner loops of the optimisers, over {@code n} elements from {@code o} on; constants are already folded. */
public interface OptimizerLoops {
    /**
     * What a step of Adam multiplies and adds.
     *
     * @param shrink factor on the weight: {@code 1 - lr weightDecay} if decay is decoupled, else 1
     * @param decay added to the gradient as {@code decay w}: 0 if decay is decoupled
     * @param fresh1 {@code 1 - beta1}
     * @param fresh2 {@code 1 - beta2}
     * @param rootCorrection {@code sqrt(1 - beta2^step)}
     * @param stepSize {@code lr / (1 - beta1^step)}
     */
    record AdamStep(
            float gradientScale,
            float shrink,
            float decay,
            float fresh1,
            float beta2,
            float fresh2,
            float rootCorrection,
            float eps,
            float stepSize) {}

    /** The gradients are those from {@code go} on, all else is from {@code o} on. */
    void adam(AdamStep s, float[] w, float[] gradient, int go, float[] first, float[] second, int o, int n);

    /**
     * Rows {@code 4 i} to {@code 4 i + 3} of {@code aᵀ b} at columns {@code from} to {@code from + n} of {@code b
     * [rows, columns]}: {@code c[r n + j]} is the sum over {@code q} of {@code a[q m + 4 i + r] b[q columns + from +
     * j]}. Both {@code rows} and {@code m} are multiples of 4.
     */
    void outerProducts(int rows, float[] a, int m, int i, float[] b, int columns, int from, float[] c, int n);

    /** {@code v = momentum v + g}; {@code w -= lr (nesterov ? g + momentum v : v)}. */
    void sgd(
            float lr,
            float momentum,
            float decay,
            boolean nesterov,
            float gradientScale,
            float[] w,
            float[] gradient,
            float[] velocity,
            int o,
            int n);

    /** {@code average = decay average + fresh w}. */
    void ema(float decay, float fresh, float[] w, float[] average, int o, int n);

    /** Sum of squares in double. */
    double sumOfSquares(float[] x, int o, int n);
}
