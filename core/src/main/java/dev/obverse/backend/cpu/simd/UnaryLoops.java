package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.ABS;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NEG;
import static jdk.incubator.vector.VectorOperators.SQRT;

import dev.obverse.backend.Unary;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Element-wise functions of one argument. Each has a loop of its own, because a choice inside a loop would keep the
 * vectors out of registers; all share the tail, which computes the same expression under a mask.
 */
final class UnaryLoops {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private UnaryLoops() {}

    static void run(Unary f, float[] x, int xo, float[] y, int yo, int n) {
        int whole = F.loopBound(n);
        float a = (float) f.a();
        float b = (float) f.b();
        switch (f.kind()) {
            case AFFINE -> affine(a, b, x, xo, y, yo, whole);
            case ABS -> abs(x, xo, y, yo, whole);
            case SQUARE -> square(x, xo, y, yo, whole);
            case SQRT -> sqrt(x, xo, y, yo, whole);
            case RECIPROCAL -> reciprocal(x, xo, y, yo, whole);
            case EXP -> exp(x, xo, y, yo, whole);
            case LOG -> log(x, xo, y, yo, whole);
            case TANH -> tanh(x, xo, y, yo, whole);
            case SIGMOID -> sigmoid(x, xo, y, yo, whole);
            case LEAKY_RELU -> leakyRelu(a, x, xo, y, yo, whole);
            case SILU -> silu(x, xo, y, yo, whole);
            case GELU -> gelu(x, xo, y, yo, whole);
            case CLAMP -> clamp(a, b, x, xo, y, yo, whole);
            case SIGN -> sign(x, xo, y, yo, whole);
        }
        if (whole < n) {
            var mask = F.indexInRange(whole, n);
            apply(f.kind(), a, b, fromArray(F, x, xo + whole, mask)).intoArray(y, yo + whole, mask);
        }
    }

    private static FloatVector apply(Unary.Kind kind, float a, float b, FloatVector x) {
        return switch (kind) {
            case AFFINE -> affine(x, a, b);
            case ABS -> x.lanewise(ABS);
            case SQUARE -> x.mul(x);
            case SQRT -> x.lanewise(SQRT);
            case RECIPROCAL -> reciprocal(x);
            case EXP -> VectorMath.exp(x);
            case LOG -> VectorMath.log(x);
            case TANH -> VectorMath.tanh(x);
            case SIGMOID -> VectorMath.sigmoid(x);
            case LEAKY_RELU -> leakyRelu(x, a);
            case SILU -> silu(x);
            case GELU -> gelu(x);
            case CLAMP -> clamp(x, a, b);
            case SIGN -> sign(x);
        };
    }

    private static FloatVector affine(FloatVector x, float a, float b) {
        return x.mul(a).add(b);
    }

    private static FloatVector reciprocal(FloatVector x) {
        return FloatVector.broadcast(F, 1f).div(x);
    }

    private static FloatVector leakyRelu(FloatVector x, float slope) {
        return x.mul(slope).blend(x, x.compare(GT, 0f));
    }

    private static FloatVector silu(FloatVector x) {
        return x.div(VectorMath.exp(x.lanewise(NEG)).add(1f));
    }

    private static FloatVector gelu(FloatVector x) {
        return x.mul(VectorMath.normalCdf(x));
    }

    private static FloatVector clamp(FloatVector x, float low, float high) {
        return x.max(low).min(high);
    }

    private static FloatVector sign(FloatVector x) {
        var positive = FloatVector.zero(F).blend(1f, x.compare(GT, 0f));
        return positive.blend(-1f, x.compare(LT, 0f));
    }

    private static void affine(float a, float b, float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            affine(fromArray(F, x, xo + i), a, b).intoArray(y, yo + i);
        }
    }

    private static void abs(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            fromArray(F, x, xo + i).lanewise(ABS).intoArray(y, yo + i);
        }
    }

    private static void square(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            var v = fromArray(F, x, xo + i);
            v.mul(v).intoArray(y, yo + i);
        }
    }

    private static void sqrt(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            fromArray(F, x, xo + i).lanewise(SQRT).intoArray(y, yo + i);
        }
    }

    private static void reciprocal(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            reciprocal(fromArray(F, x, xo + i)).intoArray(y, yo + i);
        }
    }

    private static void exp(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMath.exp(fromArray(F, x, xo + i)).intoArray(y, yo + i);
        }
    }

    private static void log(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMath.log(fromArray(F, x, xo + i)).intoArray(y, yo + i);
        }
    }

    private static void tanh(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMath.tanh(fromArray(F, x, xo + i)).intoArray(y, yo + i);
        }
    }

    private static void sigmoid(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMath.sigmoid(fromArray(F, x, xo + i)).intoArray(y, yo + i);
        }
    }

    private static void leakyRelu(float slope, float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            leakyRelu(fromArray(F, x, xo + i), slope).intoArray(y, yo + i);
        }
    }

    private static void silu(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            silu(fromArray(F, x, xo + i)).intoArray(y, yo + i);
        }
    }

    private static void gelu(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            gelu(fromArray(F, x, xo + i)).intoArray(y, yo + i);
        }
    }

    private static void clamp(float low, float high, float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            clamp(fromArray(F, x, xo + i), low, high).intoArray(y, yo + i);
        }
    }

    private static void sign(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            sign(fromArray(F, x, xo + i)).intoArray(y, yo + i);
        }
    }
}
