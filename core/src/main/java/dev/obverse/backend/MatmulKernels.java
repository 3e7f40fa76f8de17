package dev.obverse.backend;

/** Dense matrix products. */
public interface MatmulKernels {
    /** {@code c = op(a) op(b)} as {@link MatmulSpec} describes; zeros where {@code k} is zero. */
    void matmul(MatmulSpec spec, Storage a, Storage b, Storage c);
}
