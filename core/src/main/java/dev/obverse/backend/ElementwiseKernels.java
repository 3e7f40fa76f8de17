package dev.obverse.backend;

/** Functions of single elements. */
public interface ElementwiseKernels {
    /** {@code y[i] = f(x[i])}; {@code y} may be {@code x}. */
    void unary(Unary f, Storage x, Storage y, int n);

    /** {@code dx[i] = dy[i] f'(x[i])}, where {@code y = f(x)} is at hand as well; {@code dx} may be {@code dy}. */
    void unaryGradient(Unary f, Storage x, Storage y, Storage dy, Storage dx, int n);

    /** {@code y = f(a, b)} with broadcasting; {@code y} may be an input that is not broadcast. */
    void binary(Binary f, Broadcast broadcast, Storage a, Storage b, Storage y);

    /** {@code target[i] += source[i]}. */
    void accumulate(Storage source, Storage target, int n);
}
