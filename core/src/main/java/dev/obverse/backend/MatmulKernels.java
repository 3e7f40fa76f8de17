package dev.obverse.backend;

/** Dense matrix products. */
public interface MatmulKernels {
    /** {@code c = op(a) op(b)} as {@link MatmulSpec} describes; zeros where {@code k} is zero. */
    void matmul(MatmulSpec spec, Storage a, Storage b, Storage c);

    /** {@code c += op(a) op(b)}: one more share of a gradient, without a matrix in between. */
    void matmulAdd(MatmulSpec spec, Storage a, Storage b, Storage c);
}
