package dev.obverse.backend.cpu.conv;

import dev.obverse.backend.ConvTail;
import dev.obverse.backend.Storage;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The end of a convolution as arrays: {@code y = min(leaky(v + residual), high)}.
 *
 * @param residual laid out as the result, or null
 * @param slopes one per result channel; null if nothing follows the sum
 * @param high infinite for none
 */
public record Tail(float @Nullable [] residual, float @Nullable [] slopes, float high) {
    /** Nothing. */
    public static final Tail NONE = new Tail(null, null, Float.POSITIVE_INFINITY);

    /**
     * The arrays of a {@code tail} of a convolution with this many result channels.
     *
     * @param array behind a tensor's memory
     */
    public static Tail of(ConvTail tail, int channels, Function<Storage, float[]> array) {
        var residual = tail.residual() == null ? null : array.apply(tail.residual());
        float high = (float) tail.high();
        if (tail.slopes() != null) {
            return new Tail(residual, array.apply(tail.slopes()), high);
        }
        boolean linear = tail.slope() == 1 && high == Float.POSITIVE_INFINITY;
        return new Tail(residual, linear ? null : repeated((float) tail.slope(), channels), high);
    }

    /** LeakyReLU with one slope. */
    public static Tail leaky(float slope, int channels) {
        return slope == 1f ? NONE : new Tail(null, repeated(slope, channels), Float.POSITIVE_INFINITY);
    }

    /** {@code value} for every channel. */
    public static float[] repeated(float value, int channels) {
        var values = new float[channels];
        Arrays.fill(values, value);
        return values;
    }

    public boolean isNothing() {
        return residual == null && slopes == null;
    }
}
