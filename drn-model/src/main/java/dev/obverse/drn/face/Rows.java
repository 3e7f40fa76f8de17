package dev.obverse.drn.face;

import dev.obverse.tensor.Tensor;
import java.util.Arrays;

/** The rows of a matrix as arrays. */
public final class Rows {
    private Rows() {}

    /** Of {@code [N,D]}: N arrays of D values. */
    public static float[][] of(Tensor matrix) {
        return of(matrix.toArray(), matrix.dim(0), matrix.dim(1));
    }

    static float[][] of(float[] values, int count, int length) {
        var rows = new float[count][];
        for (int i = 0; i < count; i++) {
            rows[i] = Arrays.copyOfRange(values, i * length, (i + 1) * length);
        }
        return rows;
    }
}
