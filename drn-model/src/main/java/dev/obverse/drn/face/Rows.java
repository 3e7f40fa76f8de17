package dev.obverse.drn.face;

import dev.obverse.drn.data.DataException;
import dev.obverse.tensor.Tensor;
import java.util.Arrays;

/** The rows of a matrix as arrays. */
public final class Rows {
    private Rows() {}

    /** Of {@code [N,D]}: N arrays of D values. */
    public static float[][] of(Tensor matrix) {
        return of(matrix.toArray(), matrix.dim(0), matrix.dim(1));
    }

    /**
     * The vector of a picture, if it can be compared with others.
     *
     * @param recogniser its name, and {@code picture} what it was given, for the sentence
     * @throws DataException if it contains NaN or infinity
     */
    public static float[] usable(float[] vector, String recogniser, Object picture) throws DataException {
        for (float value : vector) {
            if (!Float.isFinite(value)) {
                throw new DataException("Recogniser " + recogniser + " makes a vector of " + picture + " that contains "
                        + value + " and cannot be compared: its weights are damaged, or it was made for other pictures"
                        + " than --recogniser-input says");
            }
        }
        return vector;
    }

    static float[][] of(float[] values, int count, int length) {
        var rows = new float[count][];
        for (int i = 0; i < count; i++) {
            rows[i] = Arrays.copyOfRange(values, i * length, (i + 1) * length);
        }
        return rows;
    }
}
