package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.Binary;
import dev.obverse.backend.Unary;
import dev.obverse.backend.cpu.ElementwiseLoops;
import java.util.Arrays;
import jdk.incubator.vector.VectorSpecies;

/** Element-wise loops on vectors. */
public final class VectorElementwise implements ElementwiseLoops {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    /** Floats in a vector of this machine. */
    public static int lanes() {
        return L;
    }

    @Override
    public void unary(Unary f, float[] x, int xo, float[] y, int yo, int n) {
        UnaryLoops.run(f, x, xo, y, yo, n);
    }

    @Override
    public void unaryGradient(Unary f, float[] x, float[] y, float[] dy, float[] dx, int o, int n) {
        UnaryGradientLoops.run(f, x, y, dy, dx, o, n);
    }

    @Override
    public void binary(Binary f, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        BinaryLoops.run(f, a, ao, L, b, bo, L, y, yo, n);
    }

    @Override
    public void binaryRight(Binary f, float[] a, int ao, float b, float[] y, int yo, int n) {
        BinaryLoops.run(f, a, ao, L, copies(b), 0, 0, y, yo, n);
    }

    @Override
    public void binaryLeft(Binary f, float a, float[] b, int bo, float[] y, int yo, int n) {
        BinaryLoops.run(f, copies(a), 0, 0, b, bo, L, y, yo, n);
    }

    private static float[] copies(float value) {
        var copies = new float[L];
        Arrays.fill(copies, value);
        return copies;
    }

    @Override
    public void accumulate(float[] source, int so, float[] target, int to, int n) {
        int whole = F.loopBound(n);
        for (int i = 0; i < whole; i += L) {
            fromArray(F, target, to + i).add(fromArray(F, source, so + i)).intoArray(target, to + i);
        }
        for (int i = whole; i < n; i++) {
            target[to + i] += source[so + i];
        }
    }

    /** Rows of 16 to 64 channels, as concat has them: a call of {@code arraycopy} costs as much as such a row. */
    @Override
    public void copyRows(
            float[] source, int so, int sourceStep, float[] target, int to, int targetStep, int rows, int n) {
        int whole = F.loopBound(n);
        int from = so;
        int into = to;
        for (int r = 0; r < rows; r++) {
            for (int i = 0; i < whole; i += L) {
                fromArray(F, source, from + i).intoArray(target, into + i);
            }
            for (int i = whole; i < n; i++) {
                target[into + i] = source[from + i];
            }
            from += sourceStep;
            into += targetStep;
        }
    }
}
