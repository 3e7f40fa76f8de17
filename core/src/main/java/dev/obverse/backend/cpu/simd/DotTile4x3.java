package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Inner products of 4 rows with 3 rows, where the inner dimension of both is contiguous and the vectors run along it:
 * for results too narrow to fill a vector, and for long rows that should be read once, in sequence.
 *
 * <p>The lanes are summed by plain additions in a fixed order: {@code reduceLanes} promises none, and its compiled form
 * adds in another order than the interpreter.
 */
final class DotTile4x3 {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private DotTile4x3() {}

    /**
     * Adds to {@code lanes}, twelve vectors in the order of the result, row by row, the products of {@code length} values of
     * rows {@code base + rows[r..r+3]} of {@code a} with rows {@code b0}, {@code b1} and {@code b2} of {@code b}.
     */
    static void run(
            float[] a,
            int base,
            int[] rows,
            int r,
            int length,
            float[] b,
            int b0,
            int b1,
            int b2,
            float[] lanes,
            boolean first) {
        int a0 = base + rows[r];
        int a1 = base + rows[r + 1];
        int a2 = base + rows[r + 2];
        int a3 = base + rows[r + 3];
        FloatVector s0_0;
        FloatVector s0_1;
        FloatVector s0_2;
        FloatVector s1_0;
        FloatVector s1_1;
        FloatVector s1_2;
        FloatVector s2_0;
        FloatVector s2_1;
        FloatVector s2_2;
        FloatVector s3_0;
        FloatVector s3_1;
        FloatVector s3_2;
        if (first) {
            var zero = FloatVector.zero(F);
            s0_0 = zero;
            s0_1 = zero;
            s0_2 = zero;
            s1_0 = zero;
            s1_1 = zero;
            s1_2 = zero;
            s2_0 = zero;
            s2_1 = zero;
            s2_2 = zero;
            s3_0 = zero;
            s3_1 = zero;
            s3_2 = zero;
        } else {
            s0_0 = fromArray(F, lanes, 0);
            s0_1 = fromArray(F, lanes, L);
            s0_2 = fromArray(F, lanes, 2 * L);
            s1_0 = fromArray(F, lanes, 3 * L);
            s1_1 = fromArray(F, lanes, 4 * L);
            s1_2 = fromArray(F, lanes, 5 * L);
            s2_0 = fromArray(F, lanes, 6 * L);
            s2_1 = fromArray(F, lanes, 7 * L);
            s2_2 = fromArray(F, lanes, 8 * L);
            s3_0 = fromArray(F, lanes, 9 * L);
            s3_1 = fromArray(F, lanes, 10 * L);
            s3_2 = fromArray(F, lanes, 11 * L);
        }
        int end = length - length % L;
        for (int i = 0; i < end; i += L) {
            var w0 = fromArray(F, b, b0 + i);
            var w1 = fromArray(F, b, b1 + i);
            var w2 = fromArray(F, b, b2 + i);
            var x0 = fromArray(F, a, a0 + i);
            s0_0 = x0.fma(w0, s0_0);
            s0_1 = x0.fma(w1, s0_1);
            s0_2 = x0.fma(w2, s0_2);
            var x1 = fromArray(F, a, a1 + i);
            s1_0 = x1.fma(w0, s1_0);
            s1_1 = x1.fma(w1, s1_1);
            s1_2 = x1.fma(w2, s1_2);
            var x2 = fromArray(F, a, a2 + i);
            s2_0 = x2.fma(w0, s2_0);
            s2_1 = x2.fma(w1, s2_1);
            s2_2 = x2.fma(w2, s2_2);
            var x3 = fromArray(F, a, a3 + i);
            s3_0 = x3.fma(w0, s3_0);
            s3_1 = x3.fma(w1, s3_1);
            s3_2 = x3.fma(w2, s3_2);
        }
        if (end < length) {
            VectorMask<Float> tail = F.indexInRange(end, length);
            var w0 = fromArray(F, b, b0 + end, tail);
            var w1 = fromArray(F, b, b1 + end, tail);
            var w2 = fromArray(F, b, b2 + end, tail);
            var x0 = fromArray(F, a, a0 + end, tail);
            s0_0 = x0.fma(w0, s0_0);
            s0_1 = x0.fma(w1, s0_1);
            s0_2 = x0.fma(w2, s0_2);
            var x1 = fromArray(F, a, a1 + end, tail);
            s1_0 = x1.fma(w0, s1_0);
            s1_1 = x1.fma(w1, s1_1);
            s1_2 = x1.fma(w2, s1_2);
            var x2 = fromArray(F, a, a2 + end, tail);
            s2_0 = x2.fma(w0, s2_0);
            s2_1 = x2.fma(w1, s2_1);
            s2_2 = x2.fma(w2, s2_2);
            var x3 = fromArray(F, a, a3 + end, tail);
            s3_0 = x3.fma(w0, s3_0);
            s3_1 = x3.fma(w1, s3_1);
            s3_2 = x3.fma(w2, s3_2);
        }
        s0_0.intoArray(lanes, 0);
        s0_1.intoArray(lanes, L);
        s0_2.intoArray(lanes, 2 * L);
        s1_0.intoArray(lanes, 3 * L);
        s1_1.intoArray(lanes, 4 * L);
        s1_2.intoArray(lanes, 5 * L);
        s2_0.intoArray(lanes, 6 * L);
        s2_1.intoArray(lanes, 7 * L);
        s2_2.intoArray(lanes, 8 * L);
        s3_0.intoArray(lanes, 9 * L);
        s3_1.intoArray(lanes, 10 * L);
        s3_2.intoArray(lanes, 11 * L);
    }

    /** The sum of the lanes of vector {@code i} of {@code lanes}. */
    static float sum(float[] lanes, int i) {
        float even = 0f;
        float odd = 0f;
        for (int l = i * L; l < (i + 1) * L; l += 2) {
            even += lanes[l];
            odd += lanes[l + 1];
        }
        return even + odd;
    }
}
