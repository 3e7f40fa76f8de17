package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NEG;

import dev.obverse.backend.Unary;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@code dx = dy f'(x)}: a loop for each function, and a tail that all share, as in {@link UnaryLoops}. */
final class UnaryGradientLoops {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private UnaryGradientLoops() {}

    static void run(Unary f, float[] x, float[] y, float[] dy, float[] dx, int o, int n) {
        int end = o + F.loopBound(n);
        float a = (float) f.a();
        float b = (float) f.b();
        switch (f.kind()) {
            case AFFINE -> affine(a, dy, dx, o, end);
            case ABS -> abs(x, dy, dx, o, end);
            case SQUARE -> square(x, dy, dx, o, end);
            case SQRT -> sqrt(y, dy, dx, o, end);
            case RECIPROCAL -> reciprocal(y, dy, dx, o, end);
            case EXP -> exp(y, dy, dx, o, end);
            case LOG -> log(x, dy, dx, o, end);
            case TANH -> tanh(y, dy, dx, o, end);
            case SIGMOID -> sigmoid(y, dy, dx, o, end);
            case LEAKY_RELU -> leakyRelu(a, y, dy, dx, o, end);
            case SILU -> silu(x, dy, dx, o, end);
            case GELU -> gelu(x, dy, dx, o, end);
            case CLAMP -> clamp(a, b, x, dy, dx, o, end);
            case SIGN -> Arrays.fill(dx, o, end, 0f);
        }
        if (end < o + n) {
            var mask = F.indexInRange(end, o + n);
            var g = apply(
                    f.kind(),
                    a,
                    b,
                    fromArray(F, x, end, mask),
                    fromArray(F, y, end, mask),
                    fromArray(F, dy, end, mask));
            g.intoArray(dx, end, mask);
        }
    }

    private static FloatVector apply(Unary.Kind kind, float a, float b, FloatVector x, FloatVector y, FloatVector dy) {
        return switch (kind) {
            case AFFINE -> dy.mul(a);
            case ABS -> abs(x, dy);
            case SQUARE -> dy.mul(x.add(x));
            case SQRT -> dy.div(y.add(y));
            case RECIPROCAL -> reciprocal(y, dy);
            case EXP -> dy.mul(y);
            case LOG -> dy.div(x);
            case TANH -> tanh(y, dy);
            case SIGMOID -> sigmoid(y, dy);
            case LEAKY_RELU -> leakyRelu(a, y, dy);
            case SILU -> silu(x, dy);
            case GELU -> gelu(x, dy);
            case CLAMP -> clamp(a, b, x, dy);
            case SIGN -> FloatVector.zero(F);
        };
    }

    private static FloatVector abs(FloatVector x, FloatVector dy) {
        var right = FloatVector.zero(F).blend(dy, x.compare(GT, 0f));
        return right.blend(dy.lanewise(NEG), x.compare(LT, 0f));
    }

    private static FloatVector reciprocal(FloatVector y, FloatVector dy) {
        return dy.mul(y.mul(y)).lanewise(NEG);
    }

    private static FloatVector tanh(FloatVector y, FloatVector dy) {
        return dy.mul(one().sub(y.mul(y)));
    }

    private static FloatVector sigmoid(FloatVector y, FloatVector dy) {
        return dy.mul(y.mul(one().sub(y)));
    }

    private static FloatVector leakyRelu(float slope, FloatVector y, FloatVector dy) {
        return dy.mul(slope).blend(dy, y.compare(GT, 0f));
    }

    /** With {@code s = sigmoid(x)}: {@code s (1 + x (1 - s))}. */
    private static FloatVector silu(FloatVector x, FloatVector dy) {
        var s = VectorMath.sigmoid(x);
        return dy.mul(s.mul(x.fma(one().sub(s), one())));
    }

    /** {@code Phi(x) + x phi(x)}. */
    private static FloatVector gelu(FloatVector x, FloatVector dy) {
        return dy.mul(x.fma(VectorMath.normalDensity(x), VectorMath.normalCdf(x)));
    }

    private static FloatVector clamp(float low, float high, FloatVector x, FloatVector dy) {
        return FloatVector.zero(F).blend(dy, x.compare(GE, low).and(x.compare(LE, high)));
    }

    private static FloatVector one() {
        return FloatVector.broadcast(F, 1f);
    }

    private static void affine(float a, float[] dy, float[] dx, int o, int end) {
        for (int i = o; i < end; i += L) {
            fromArray(F, dy, i).mul(a).intoArray(dx, i);
        }
    }

    private static void abs(float[] x, float[] dy, float[] dx, int o, int end) {
        for (int i = o; i < end; i += L) {
            abs(fromArray(F, x, i), fromArray(F, dy, i)).intoArray(dx, i);
        }
    }

    private static void square(float[] x, float[] dy, float[] dx, int o, int end) {
        for (int i = o; i < end; i += L) {
            var v = fromArray(F, x, i);
            fromArray(F, dy, i).mul(v.add(v)).intoArray(dx, i);
        }
    }

    private static void sqrt(float[] y, float[] dy, float[] dx, int o, int end) {
        for (int i = o; i < end; i += L) {
            var v = fromArray(F, y, i);
            fromArray(F, dy, i).div(v.add(v)).intoArray(dx, i);
        }
    }

    private static void reciprocal(float[] y, float[] dy, float[] dx, int o, int end) {
        for (int i = o; i < end; i += L) {
            reciprocal(fromArray(F, y, i), fromArray(F, dy, i)).intoArray(dx, i);
        }
    }

    private static void exp(float[] y, float[] dy, float[] dx, int o, int end) {
        for (int i = o; i < end; i += L) {
            fromArray(F, dy, i).mul(fromArray(F, y, i)).intoArray(dx, i);
        }
    }

    private static void log(float[] x, float[] dy, float[] dx, int o, int end) {
        for (int i = o; i < end; i += L) {
            fromArray(F, dy, i).div(fromArray(F, x, i)).intoArray(dx, i);
        }
    }

    private static void tanh(float[] y, float[] dy, float[] dx, int o, int end) {
        for (int i = o; i < end; i += L) {
            tanh(fromArray(F, y, i), fromArray(F, dy, i)).intoArray(dx, i);
        }
    }

    private static void sigmoid(float[] y, float[] dy, float[] dx, int o, int end) {
        for (int i = o; i < end; i += L) {
            sigmoid(fromArray(F, y, i), fromArray(F, dy, i)).intoArray(dx, i);
        }
    }

    private static void leakyRelu(float slope, float[] y, float[] dy, float[] dx, int o, int end) {
        for (int i = o; i < end; i += L) {
            leakyRelu(slope, fromArray(F, y, i), fromArray(F, dy, i)).intoArray(dx, i);
        }
    }

    private static void silu(float[] x, float[] dy, float[] dx, int o, int end) {
        for (int i = o; i < end; i += L) {
            silu(fromArray(F, x, i), fromArray(F, dy, i)).intoArray(dx, i);
        }
    }

    private static void gelu(float[] x, float[] dy, float[] dx, int o, int end) {
        for (int i = o; i < end; i += L) {
            gelu(fromArray(F, x, i), fromArray(F, dy, i)).intoArray(dx, i);
        }
    }

    private static void clamp(float low, float high, float[] x, float[] dy, float[] dx, int o, int end) {
        for (int i = o; i < end; i += L) {
            clamp(low, high, fromArray(F, x, i), fromArray(F, dy, i)).intoArray(dx, i);
        }
    }
}
