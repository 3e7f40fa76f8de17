package dev.obverse.backend;

/** What an optimiser needs on a backend where the gradients of large matrices stay {@link OuterProducts}. */
public interface OuterProductKernels extends OptimizerKernels {
    /**
     * Whether a gradient {@code [m,n]} that is the sum of this many outer products should stay one until it is read.
     */
    boolean keepsOuterProducts(int rows, int m, int n);

    /** Adam with a gradient that nobody has computed. */
    void adam(Adam spec, Storage w, OuterProducts gradient, Storage firstMoment, Storage secondMoment);

    /** Sum of squares of the matrix, accumulated in double, in a fixed order. */
    double sumOfSquares(OuterProducts x);
}
