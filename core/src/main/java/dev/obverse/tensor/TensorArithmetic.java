package dev.obverse.tensor;

import dev.obverse.backend.Binary;
import dev.obverse.backend.Unary;
import dev.obverse.tensor.op.Matmul;
import dev.obverse.tensor.op.Pointwise;
import dev.obverse.tensor.op.PointwisePair;

/** Element-wise arithmetic with NumPy's broadcasting, and matrix products. */
public sealed interface TensorArithmetic permits Tensor {
    default Tensor add(Tensor other) {
        return pair(Binary.ADD, other);
    }

    default Tensor sub(Tensor other) {
        return pair(Binary.SUB, other);
    }

    default Tensor mul(Tensor other) {
        return pair(Binary.MUL, other);
    }

    default Tensor div(Tensor other) {
        return pair(Binary.DIV, other);
    }

    /** The larger of each two elements; where equal, each gets half of the gradient. */
    default Tensor maximum(Tensor other) {
        return pair(Binary.MAX, other);
    }

    /** The smaller of each two elements; where equal, each gets half of the gradient. */
    default Tensor minimum(Tensor other) {
        return pair(Binary.MIN, other);
    }

    /** {@code x + summand}. */
    default Tensor add(double summand) {
        return each(Unary.affine(1, summand));
    }

    /** {@code x - subtrahend}. */
    default Tensor sub(double subtrahend) {
        return each(Unary.affine(1, -subtrahend));
    }

    /** {@code factor x}. */
    default Tensor mul(double factor) {
        return each(Unary.affine(factor, 0));
    }

    /** {@code x / divisor}. */
    default Tensor div(double divisor) {
        return each(Unary.affine(1 / divisor, 0));
    }

    default Tensor neg() {
        return each(Unary.affine(-1, 0));
    }

    /** {@code |x|}; gradient 0 at 0. */
    default Tensor abs() {
        return each(Unary.of(Unary.Kind.ABS));
    }

    default Tensor square() {
        return each(Unary.of(Unary.Kind.SQUARE));
    }

    default Tensor sqrt() {
        return each(Unary.of(Unary.Kind.SQRT));
    }

    /** {@code 1 / x}. */
    default Tensor reciprocal() {
        return each(Unary.of(Unary.Kind.RECIPROCAL));
    }

    default Tensor exp() {
        return each(Unary.of(Unary.Kind.EXP));
    }

    /** Natural logarithm. */
    default Tensor log() {
        return each(Unary.of(Unary.Kind.LOG));
    }

    default Tensor tanh() {
        return each(Unary.of(Unary.Kind.TANH));
    }

    default Tensor sigmoid() {
        return each(Unary.of(Unary.Kind.SIGMOID));
    }

    default Tensor relu() {
        return leakyRelu(0);
    }

    /** {@code x > 0 ? x : slope x}, for {@code slope >= 0}. */
    default Tensor leakyRelu(double slope) {
        if (!(slope >= 0)) {
            throw new IllegalArgumentException(
                    "leaky_relu: slope must be 0 or more, not " + slope + "; backward reads the sign of the result");
        }
        return each(new Unary(Unary.Kind.LEAKY_RELU, slope, 0));
    }

    /** {@code x > 0 ? x : slope x} with a learned slope per channel (last axis), or one for all. */
    default Tensor prelu(Tensor slope) {
        return relu().sub(neg().relu().mul(slope));
    }

    /** {@code x sigmoid(x)}, also called swish. */
    default Tensor silu() {
        return each(Unary.of(Unary.Kind.SILU));
    }

    /** {@code x Phi(x)}, exact. */
    default Tensor gelu() {
        return each(Unary.of(Unary.Kind.GELU));
    }

    /** {@code min(max(x, low), high)}. */
    default Tensor clamp(double low, double high) {
        if (!(low <= high)) {
            throw new IllegalArgumentException("clamp: low " + low + " must not exceed high " + high);
        }
        return each(new Unary(Unary.Kind.CLAMP, low, high));
    }

    /** -1, 0 or 1; gradient 0. */
    default Tensor sign() {
        return each(Unary.of(Unary.Kind.SIGN));
    }

    /**
     * Matrix product of the last two axes: {@code [..,m,k] x [..,k,n] -> [..,m,n]}. Batch axes are equal, or one input
     * is a plain matrix that all of the batch shares.
     */
    default Tensor matmul(Tensor other) {
        return Tensor.apply(new Matmul(false), (Tensor) this, other);
    }

    /** {@code this x other^T}, without forming the transpose: {@code [..,m,k] x [..,n,k] -> [..,m,n]}. */
    default Tensor matmulTransposed(Tensor other) {
        return Tensor.apply(new Matmul(true), (Tensor) this, other);
    }

    private Tensor each(Unary f) {
        return Tensor.apply(new Pointwise(f), (Tensor) this);
    }

    private Tensor pair(Binary f, Tensor other) {
        return Tensor.apply(new PointwisePair(f), (Tensor) this, other);
    }
}
