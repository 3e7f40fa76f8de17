package dev.obverse.benchmarks.side;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Enough of a result to tell a right one from a wrong one: evenly spread values of it and the root of its mean square.
 *
 * @param values at most {@value #SAMPLES} values
 * @param rootMeanSquare over the whole result
 */
public record Digest(float[] values, double rootMeanSquare) {
    private static final int SAMPLES = 4096;

    /** The stride is odd, so that over images it meets all channels and all columns. */
    static Digest of(float[] result) {
        int stride = result.length <= SAMPLES ? 1 : (result.length / SAMPLES) | 1;
        var values = new float[(result.length - 1) / stride + 1];
        for (int i = 0; i < values.length; i++) {
            values[i] = result[i * stride];
        }
        double squares = 0;
        for (float value : result) {
            squares += (double) value * value;
        }
        return new Digest(values, Math.sqrt(squares / result.length));
    }

    byte[] bytes() {
        var buffer = ByteBuffer.allocate(8 + 4 * values.length).putDouble(rootMeanSquare);
        buffer.asFloatBuffer().put(values);
        return buffer.array();
    }

    static Digest of(byte[] bytes) {
        var buffer = ByteBuffer.wrap(bytes);
        double rootMeanSquare = buffer.getDouble();
        var values = new float[buffer.remaining() / 4];
        buffer.asFloatBuffer().get(values);
        return new Digest(values, rootMeanSquare);
    }

    /**
     * The largest difference to another result, as a share of the result's size; infinite if they cannot be compared or
     * one is not finite.
     */
    public double distance(Digest other) {
        if (values.length != other.values.length) {
            return Double.POSITIVE_INFINITY;
        }
        double largest = Math.abs(rootMeanSquare - other.rootMeanSquare) / other.rootMeanSquare;
        for (int i = 0; i < values.length; i++) {
            // Values of few are figures of their own, each with its own size; a sample's share the whole's.
            double size = values.length < 16 ? Math.abs(other.values[i]) : other.rootMeanSquare;
            largest = Math.max(largest, Math.abs(values[i] - other.values[i]) / size);
        }
        return Double.isNaN(largest) ? Double.POSITIVE_INFINITY : largest;
    }

    /** The first values. */
    @Override
    public String toString() {
        return Arrays.toString(Arrays.copyOf(values, Math.min(values.length, 5)));
    }
}
