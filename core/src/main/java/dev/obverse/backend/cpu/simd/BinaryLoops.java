package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;

import dev.obverse.backend.Binary;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Element-wise functions of two arguments. A {@code step} of 0 instead of a vector's length reads the same element for
 * every result; that operand is then a vector of copies, spelled out by the caller.
 */
final class BinaryLoops {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private BinaryLoops() {}

    /**
     * @param as {@code L} to walk through {@code a}, 0 to read the {@code L} elements at {@code ao} every time
     * @param bs the same for {@code b}
     */
    static void run(Binary f, float[] a, int ao, int as, float[] b, int bo, int bs, float[] y, int yo, int n) {
        int vectors = n / L;
        switch (f) {
            case ADD -> add(a, ao, as, b, bo, bs, y, yo, vectors);
            case SUB -> sub(a, ao, as, b, bo, bs, y, yo, vectors);
            case MUL -> mul(a, ao, as, b, bo, bs, y, yo, vectors);
            case DIV -> div(a, ao, as, b, bo, bs, y, yo, vectors);
            case MAX -> max(a, ao, as, b, bo, bs, y, yo, vectors);
            case MIN -> min(a, ao, as, b, bo, bs, y, yo, vectors);
            case HEAVISIDE -> heaviside(a, ao, as, b, bo, bs, y, yo, vectors);
            case EQUAL -> equal(a, ao, as, b, bo, bs, y, yo, vectors);
        }
        int whole = vectors * L;
        if (whole < n) {
            var mask = F.indexInRange(whole, n);
            var va = fromArray(F, a, ao + vectors * as, mask);
            var vb = fromArray(F, b, bo + vectors * bs, mask);
            apply(f, va, vb).intoArray(y, yo + whole, mask);
        }
    }

    private static FloatVector apply(Binary f, FloatVector a, FloatVector b) {
        return switch (f) {
            case ADD -> a.add(b);
            case SUB -> a.sub(b);
            case MUL -> a.mul(b);
            case DIV -> a.div(b);
            case MAX -> a.max(b);
            case MIN -> a.min(b);
            case HEAVISIDE -> heaviside(a, b);
            case EQUAL -> equal(a, b);
        };
    }

    private static FloatVector heaviside(FloatVector a, FloatVector b) {
        var above = FloatVector.zero(F).blend(1f, a.compare(GT, b));
        return above.blend(0.5f, a.compare(EQ, b));
    }

    private static FloatVector equal(FloatVector a, FloatVector b) {
        return FloatVector.zero(F).blend(1f, a.compare(EQ, b));
    }

    private static void add(float[] a, int ao, int as, float[] b, int bo, int bs, float[] y, int yo, int vectors) {
        for (int v = 0; v < vectors; v++) {
            fromArray(F, a, ao + v * as).add(fromArray(F, b, bo + v * bs)).intoArray(y, yo + v * L);
        }
    }

    private static void sub(float[] a, int ao, int as, float[] b, int bo, int bs, float[] y, int yo, int vectors) {
        for (int v = 0; v < vectors; v++) {
            fromArray(F, a, ao + v * as).sub(fromArray(F, b, bo + v * bs)).intoArray(y, yo + v * L);
        }
    }

    private static void mul(float[] a, int ao, int as, float[] b, int bo, int bs, float[] y, int yo, int vectors) {
        for (int v = 0; v < vectors; v++) {
            fromArray(F, a, ao + v * as).mul(fromArray(F, b, bo + v * bs)).intoArray(y, yo + v * L);
        }
    }

    private static void div(float[] a, int ao, int as, float[] b, int bo, int bs, float[] y, int yo, int vectors) {
        for (int v = 0; v < vectors; v++) {
            fromArray(F, a, ao + v * as).div(fromArray(F, b, bo + v * bs)).intoArray(y, yo + v * L);
        }
    }

    private static void max(float[] a, int ao, int as, float[] b, int bo, int bs, float[] y, int yo, int vectors) {
        for (int v = 0; v < vectors; v++) {
            fromArray(F, a, ao + v * as).max(fromArray(F, b, bo + v * bs)).intoArray(y, yo + v * L);
        }
    }

    private static void min(float[] a, int ao, int as, float[] b, int bo, int bs, float[] y, int yo, int vectors) {
        for (int v = 0; v < vectors; v++) {
            fromArray(F, a, ao + v * as).min(fromArray(F, b, bo + v * bs)).intoArray(y, yo + v * L);
        }
    }

    private static void heaviside(
            float[] a, int ao, int as, float[] b, int bo, int bs, float[] y, int yo, int vectors) {
        for (int v = 0; v < vectors; v++) {
            heaviside(fromArray(F, a, ao + v * as), fromArray(F, b, bo + v * bs))
                    .intoArray(y, yo + v * L);
        }
    }

    private static void equal(float[] a, int ao, int as, float[] b, int bo, int bs, float[] y, int yo, int vectors) {
        for (int v = 0; v < vectors; v++) {
            equal(fromArray(F, a, ao + v * as), fromArray(F, b, bo + v * bs)).intoArray(y, yo + v * L);
        }
    }
}
