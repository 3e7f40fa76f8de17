package dev.obverse.backend;

/** Reductions along one axis, in an order that depends on the shape only. */
public interface ReduceKernels {
    /** {@code y[o,i] = factor * sum over e of x[o,e,i]}; zero where the extent is zero. */
    void sum(ReduceSpec spec, double factor, Storage x, Storage y);

    /** {@code y[o,i] = max over e of x[o,e,i]}. */
    void max(ReduceSpec spec, Storage x, Storage y);

    /** Index along the axis of the first maximum, one per {@code [o,i]}. */
    int[] argmax(ReduceSpec spec, Storage x);
}
