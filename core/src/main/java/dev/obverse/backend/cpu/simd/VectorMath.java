package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.VectorOperators.ABS;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NEG;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Transcendental functions of float vectors: {@code exp}, {@code log} and {@code tanh} within two units in the last
 * place, the others within a relative 1e-6.
 *
 * <p>Argument reductions and polynomials are those of S. Moshier's Cephes library, single precision ({@code expf, logf,
 * tanhf, ndtrf}; netlib.org/cephes). They are used rather than {@code lanewise(EXP)} because that one calls a native
 * library that differs between machines and is absent on some, where it computes lane by lane; these give the same bits
 * everywhere.
 */
final class VectorMath {
    private static final VectorSpecies<Float> F = Lanes.F;

    /** Added to a float of moderate size, it leaves the nearest integer in the low bits. */
    private static final float ROUNDER = 0x1.8p23f;

    private static final float LOG2_E = 1.44269504088896341f;
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.12194440e-4f;
    private static final float SQRT_HALF = 0.707106781186547524f;
    private static final float SQRT_TWO = 1.41421356237309505f;
    private static final float ONE_OVER_SQRT_TWO_PI = 0.39894228040143268f;

    /** Beyond this the normal density is zero in single precision. */
    private static final float LARGEST = 20f;

    private VectorMath() {}

    static FloatVector exp(FloatVector x) {
        // Beyond these the result is 0 or infinity anyway, and the exponent below would leave its range.
        var clamped = x.max(-105f).min(89.5f);
        var shifted = clamped.fma(broadcast(F, LOG2_E), broadcast(F, ROUNDER));
        var n = shifted.sub(ROUNDER);
        var r = n.fma(broadcast(F, -LN2_HIGH), clamped);
        r = n.fma(broadcast(F, -LN2_LOW), r);
        var p = broadcast(F, 1.9875691500e-4f);
        p = p.fma(r, broadcast(F, 1.3981999507e-3f));
        p = p.fma(r, broadcast(F, 8.3334519073e-3f));
        p = p.fma(r, broadcast(F, 4.1665795894e-2f));
        p = p.fma(r, broadcast(F, 1.6666665459e-1f));
        p = p.fma(r, broadcast(F, 5.0000001201e-1f));
        p = p.fma(r.mul(r), r).add(1f);
        // Two factors, because 2^n itself may not be a normal float.
        var exponent = shifted.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUNDER));
        var half = exponent.lanewise(ASHR, 1);
        return p.mul(half.add(127).lanewise(LSHL, 23).reinterpretAsFloats())
                .mul(exponent.sub(half).add(127).lanewise(LSHL, 23).reinterpretAsFloats());
    }

    static FloatVector log(FloatVector x) {
        var tiny = x.compare(LT, Float.MIN_NORMAL);
        var scaled = x.mul(0x1p23f, tiny);
        var bits = scaled.reinterpretAsInts();
        // x = m 2^e with m in [0.5, 1), then moved to [sqrt(1/2), sqrt(2)).
        var e = ((FloatVector) bits.lanewise(ASHR, 23).sub(126).convert(I2F, 0)).sub(23f, tiny);
        var m = bits.and(0x007fffff).or(0x3f000000).reinterpretAsFloats();
        var low = m.compare(LT, SQRT_HALF);
        e = e.sub(1f, low);
        m = m.add(m, low).sub(1f);
        var z = m.mul(m);
        var p = broadcast(F, 7.0376836292e-2f);
        p = p.fma(m, broadcast(F, -1.1514610310e-1f));
        p = p.fma(m, broadcast(F, 1.1676998740e-1f));
        p = p.fma(m, broadcast(F, -1.2420140846e-1f));
        p = p.fma(m, broadcast(F, 1.4249322787e-1f));
        p = p.fma(m, broadcast(F, -1.6668057665e-1f));
        p = p.fma(m, broadcast(F, 2.0000714765e-1f));
        p = p.fma(m, broadcast(F, -2.4999993993e-1f));
        p = p.fma(m, broadcast(F, 3.3333331174e-1f));
        var y = p.mul(m).mul(z);
        y = e.fma(broadcast(F, LN2_LOW), y);
        y = z.fma(broadcast(F, -0.5f), y);
        var result = e.fma(broadcast(F, LN2_HIGH), m.add(y));
        result = result.blend(Float.NEGATIVE_INFINITY, x.compare(EQ, 0f));
        result = result.blend(Float.POSITIVE_INFINITY, x.compare(EQ, Float.POSITIVE_INFINITY));
        var undefined = x.compare(GE, 0f).not();
        return result.blend(Float.NaN, undefined);
    }

    static FloatVector tanh(FloatVector x) {
        var size = x.lanewise(ABS);
        var large =
                broadcast(F, 1f).sub(broadcast(F, 2f).div(exp(size.add(size)).add(1f)));
        large = large.blend(large.lanewise(NEG), x.compare(LT, 0f));
        var z = x.mul(x);
        var p = broadcast(F, -5.70498872745e-3f);
        p = p.fma(z, broadcast(F, 2.06390887954e-2f));
        p = p.fma(z, broadcast(F, -5.37397155531e-2f));
        p = p.fma(z, broadcast(F, 1.33314422036e-1f));
        p = p.fma(z, broadcast(F, -3.33332819422e-1f));
        var small = p.mul(z).fma(x, x);
        return small.blend(large, size.compare(GE, 0.625f));
    }

    static FloatVector sigmoid(FloatVector x) {
        return broadcast(F, 1f).div(exp(x.lanewise(NEG)).add(1f));
    }

    /** The normal distribution function, {@code erfc(-x / sqrt(2)) / 2}, with relative precision in the lower tail. */
    static FloatVector normalCdf(FloatVector x) {
        // First, while the compiler still inlines everything: it stops at a size that the polynomials reach.
        var size = x.lanewise(ABS).min(LARGEST);
        var tail = upperTail(size);
        var u = x.mul(SQRT_HALF);
        var z = u.mul(u);
        var p = broadcast(F, 7.853861353153693e-5f);
        p = p.fma(z, broadcast(F, -8.010193625184903e-4f));
        p = p.fma(z, broadcast(F, 5.188327685732524e-3f));
        p = p.fma(z, broadcast(F, -2.685381193529856e-2f));
        p = p.fma(z, broadcast(F, 1.128358514861418e-1f));
        p = p.fma(z, broadcast(F, -3.761262582423300e-1f));
        p = p.fma(z, broadcast(F, 1.128379165726710f));
        var middle = p.mul(u).fma(broadcast(F, 0.5f), broadcast(F, 0.5f));
        var outer = tail.blend(broadcast(F, 1f).sub(tail), u.compare(GT, 0f));
        return middle.blend(outer, size.compare(GE, SQRT_TWO));
    }

    /** {@code 1 - normalCdf(x)} for {@code sqrt(2) <= x <= LARGEST}. */
    private static FloatVector upperTail(FloatVector x) {
        var bell = bell(x);
        var u = x.mul(SQRT_HALF);
        var q = broadcast(F, 1f).div(u);
        var y = q.mul(q);
        var near = broadcast(F, 2.326819970068386e-2f);
        near = near.fma(y, broadcast(F, -1.387039388740657e-1f));
        near = near.fma(y, broadcast(F, 3.687424674597105e-1f));
        near = near.fma(y, broadcast(F, -5.824733027278666e-1f));
        near = near.fma(y, broadcast(F, 6.210004621745983e-1f));
        near = near.fma(y, broadcast(F, -4.944515323274145e-1f));
        near = near.fma(y, broadcast(F, 3.404879937665872e-1f));
        near = near.fma(y, broadcast(F, -2.741127028184656e-1f));
        near = near.fma(y, broadcast(F, 5.638259427386472e-1f));
        var far = broadcast(F, -1.047766399936249e+1f);
        far = far.fma(y, broadcast(F, 1.297719955372516e+1f));
        far = far.fma(y, broadcast(F, -7.495518717768503e+0f));
        far = far.fma(y, broadcast(F, 2.921019019210786e+0f));
        far = far.fma(y, broadcast(F, -1.015265279202700e+0f));
        far = far.fma(y, broadcast(F, 4.218463358204948e-1f));
        far = far.fma(y, broadcast(F, -2.820767439740514e-1f));
        far = far.fma(y, broadcast(F, 5.641895067754075e-1f));
        var p = near.blend(far, u.compare(GE, 2f));
        return bell.mul(q).mul(p).mul(0.5f);
    }

    /**
     * {@code exp(-x^2 / 2)} for {@code |x| <= LARGEST}: the rounding error of the square, which the exponential would
     * magnify, is made good.
     */
    private static FloatVector bell(FloatVector x) {
        var square = x.mul(x);
        var rest = x.fma(x, square.lanewise(NEG));
        var e = exp(square.mul(-0.5f));
        return e.sub(e.mul(rest).mul(0.5f));
    }

    /** The normal density, {@code exp(-x^2 / 2) / sqrt(2 pi)}. */
    static FloatVector normalDensity(FloatVector x) {
        return bell(x.lanewise(ABS).min(LARGEST)).mul(ONE_OVER_SQRT_TWO_PI);
    }
}
