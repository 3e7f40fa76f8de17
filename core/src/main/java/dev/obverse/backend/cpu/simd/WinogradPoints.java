package dev.obverse.backend.cpu.simd;

/**
 * The interpolation points of Winograd's F(4x4, 3x3): 0, plus and minus {@code A}, plus and minus {@code B}, infinity.
 *
 * <p>Along one axis, four results {@code y} of a correlation of six values {@code d} with three weights {@code g} are
 * {@code y = Y [(W g) . (D d)]}, six products instead of twelve, and along two axes 36 instead of 144 (S. Winograd,
 * Arithmetic Complexity of Computations, 1980; A. Lavin and S. Gray, Fast Algorithms for Convolutional Neural Networks,
 * arXiv:1509.09308). With the points {@code p}, the row of {@code D} for {@code p} holds the coefficients of the
 * product of {@code (x - q)} over all other points {@code q}; that of {@code W} is {@code [1, p, p^2] / N(p)} where
 * {@code N(p)} is this product at {@code x = p}; the column of {@code Y} is {@code [1, p, p^2, p^3]}.
 *
 * <p>With the usual points 1 and 2 the root mean square of the error measured 2.2 times as large, and the largest error
 * 3 to 5 times: larger points have larger powers, and closer ones smaller differences.
 */
final class WinogradPoints {
    static final float A = 0.625f;
    static final float B = 1.5f;

    static final float A2 = A * A;
    static final float B2 = B * B;
    static final float A3 = A2 * A;
    static final float B3 = B2 * B;
    static final float A2B2 = A2 * B2;
    static final float SUM = A2 + B2;

    /** {@code 1/N(0)}. */
    static final float AT_0 = 1 / A2B2;

    /** {@code 1/N(A)}, which is {@code 1/N(-A)} as well. */
    static final float AT_A = 1 / (2 * A2 * (A2 - B2));

    /** {@code 1/N(B)}, which is {@code 1/N(-B)} as well. */
    static final float AT_B = 1 / (2 * B2 * (B2 - A2));

    private WinogradPoints() {}
}
