package dev.obverse.backend.cpu.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

/** Vector functions against {@link Math} in double, over floats of every exponent. */
class VectorMathTest {
    private static float apply(UnaryOperator<FloatVector> f, float x) {
        return f.apply(FloatVector.broadcast(Lanes.F, x)).lane(0);
    }

    /** Fails if a result is further from the exact one than {@code ulps} units of its last place. */
    private static void check(
            double ulps, UnaryOperator<FloatVector> f, DoubleUnaryOperator exact, float from, float to) {
        int step = 104_729;
        var x = new float[Lanes.LENGTH];
        double worst = 0;
        float at = from;
        // Bit patterns of the floats between two of one sign are consecutive.
        for (int bits = Float.floatToIntBits(from), end = Float.floatToIntBits(to); bits < end; ) {
            for (int i = 0; i < x.length; i++, bits += step) {
                x[i] = Float.intBitsToFloat(Math.min(bits, end));
            }
            var y = f.apply(FloatVector.fromArray(Lanes.F, x, 0)).toArray();
            for (int i = 0; i < x.length; i++) {
                double expected = exact.applyAsDouble(x[i]);
                double error = Math.abs(y[i] - expected) / Math.ulp((float) expected);
                if (error > worst) {
                    worst = error;
                    at = x[i];
                }
            }
        }
        assertTrue(worst <= ulps, "error of " + worst + " ulp at " + at);
    }

    @Test
    void exp() {
        check(1.5, VectorMath::exp, Math::exp, 0, 88.72f);
        check(1.5, VectorMath::exp, Math::exp, -0f, -103.9f);
        assertEquals(1, apply(VectorMath::exp, 0));
        assertEquals(Float.POSITIVE_INFINITY, apply(VectorMath::exp, 88.8f));
        assertEquals(Float.POSITIVE_INFINITY, apply(VectorMath::exp, Float.POSITIVE_INFINITY));
        assertEquals(0, apply(VectorMath::exp, -104.5f));
        assertEquals(0, apply(VectorMath::exp, Float.NEGATIVE_INFINITY));
        assertEquals(Float.NaN, apply(VectorMath::exp, Float.NaN));
    }

    @Test
    void log() {
        check(1.5, VectorMath::log, Math::log, Float.MIN_VALUE, Float.MAX_VALUE);
        assertEquals(0, apply(VectorMath::log, 1));
        assertEquals(Float.NEGATIVE_INFINITY, apply(VectorMath::log, 0));
        assertEquals(Float.NEGATIVE_INFINITY, apply(VectorMath::log, -0f));
        assertEquals(Float.POSITIVE_INFINITY, apply(VectorMath::log, Float.POSITIVE_INFINITY));
        assertEquals(Float.NaN, apply(VectorMath::log, -1));
        assertEquals(Float.NaN, apply(VectorMath::log, Float.NaN));
    }

    @Test
    void tanh() {
        check(2, VectorMath::tanh, Math::tanh, 0, 30);
        check(2, VectorMath::tanh, Math::tanh, -0f, -30);
        assertEquals(1, apply(VectorMath::tanh, Float.POSITIVE_INFINITY));
        assertEquals(-1, apply(VectorMath::tanh, Float.NEGATIVE_INFINITY));
        assertEquals(Float.NaN, apply(VectorMath::tanh, Float.NaN));
    }

    @Test
    void sigmoid() {
        check(2.5, VectorMath::sigmoid, x -> 1 / (1 + Math.exp(-x)), 0, 100);
        check(2.5, VectorMath::sigmoid, x -> 1 / (1 + Math.exp(-x)), -0f, -87);
        assertEquals(1, apply(VectorMath::sigmoid, Float.POSITIVE_INFINITY));
        assertEquals(0, apply(VectorMath::sigmoid, Float.NEGATIVE_INFINITY));
        assertEquals(Float.NaN, apply(VectorMath::sigmoid, Float.NaN));
    }

    /** Values of {@code Phi} from M. Abramowitz and I. Stegun, Handbook of Mathematical Functions, table 26.1. */
    @Test
    void normalDistribution() {
        assertEquals(0.5, apply(VectorMath::normalCdf, 0));
        assertEquals(0.84134474606854, apply(VectorMath::normalCdf, 1), 1e-7);
        assertEquals(0.97724986805182, apply(VectorMath::normalCdf, 2), 1e-7);
        assertEquals(1.3498980316301e-3, apply(VectorMath::normalCdf, -3), 4e-10);
        assertEquals(2.8665157187919e-7, apply(VectorMath::normalCdf, -5), 1e-13);
        assertEquals(0.24197072451914, apply(VectorMath::normalDensity, 1), 4e-8);
        assertEquals(1, apply(VectorMath::normalCdf, Float.POSITIVE_INFINITY));
        assertEquals(0, apply(VectorMath::normalCdf, Float.NEGATIVE_INFINITY));
        assertEquals(0, apply(VectorMath::normalDensity, Float.NEGATIVE_INFINITY));
        assertEquals(Float.NaN, apply(VectorMath::normalCdf, Float.NaN));
        check(10, VectorMath::normalCdf, VectorMathTest::integral, 0.01f, 9);
        check(20, VectorMath::normalCdf, VectorMathTest::integral, -0.01f, -9);
    }

    /** Simpson's rule over the density beyond {@code |x|}, divided by its value there. */
    private static double integral(double x) {
        double size = Math.abs(x);
        int steps = 1000;
        double h = 45.0 / (steps * (1 + size));
        double sum = 0;
        for (int k = 0; k <= steps; k++) {
            double t = k * h;
            double weight = k == 0 || k == steps ? 1 : k % 2 == 1 ? 4 : 2;
            sum += weight * Math.exp(-t * size - 0.5 * t * t);
        }
        double tail = sum * h / 3 * Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
        return x > 0 ? 1 - tail : tail;
    }
}
