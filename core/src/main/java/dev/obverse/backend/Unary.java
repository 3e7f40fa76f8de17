package dev.obverse.backend;

/**
 * An element-wise function of one argument. {@code a} and {@code b} are its parameters, zero where it has none.
 *
 * @param a slope of {@code LEAKY_RELU}, factor of {@code AFFINE}, lower bound of {@code CLAMP}
 * @param b summand of {@code AFFINE}, upper bound of {@code CLAMP}
 */
public record Unary(Kind kind, double a, double b) {

    /** The functions, with {@code y = f(x)} and the derivative that backward uses. */
    public enum Kind {
        /** {@code y = a x + b}. */
        AFFINE,
        ABS,
        SQUARE,
        SQRT,
        RECIPROCAL,
        EXP,
        LOG,
        TANH,
        /** {@code y = 1 / (1 + exp(-x))}. */
        SIGMOID,
        /** {@code y = x > 0 ? x : a x}; backward reads the sign of {@code y}, so {@code a >= 0}. */
        LEAKY_RELU,
        /** {@code y = x sigmoid(x)}. */
        SILU,
        /** {@code y = x Phi(x)} with the exact normal distribution function, as PyTorch's default. */
        GELU,
        /** {@code y = min(max(x, a), b)}; gradient 1 where {@code a <= x <= b}. */
        CLAMP,
        /** {@code y = sign(x)}; gradient 0. */
        SIGN
    }

    public static Unary of(Kind kind) {
        return new Unary(kind, 0, 0);
    }

    public static Unary affine(double factor, double summand) {
        return new Unary(Kind.AFFINE, factor, summand);
    }
}
