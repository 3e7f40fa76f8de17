package dev.obverse.backend.cpu.scalar;

import dev.obverse.backend.cpu.Workers;
import dev.obverse.backend.cpu.conv.Tail;

/** The end of a convolution, {@link Tail}, as a pass of its own. */
public final class Tails {
    private Tails() {}

    /** In place, on {@code rows} rows of {@code length} pixels each. */
    public static void run(Tail tail, int rows, int length, int channels, float[] y) {
        if (!tail.isNothing()) {
            int row = length * channels;
            Workers.run(rows, r -> row(tail, channels, y, r * row, (r + 1) * row));
        }
    }

    private static void row(Tail tail, int channels, float[] y, int from, int to) {
        var residual = tail.residual();
        var slopes = tail.slopes();
        for (int i = from; i < to; i++) {
            float v = residual == null ? y[i] : y[i] + residual[i];
            if (slopes != null) {
                v = v > 0f ? v : slopes[i % channels] * v;
                v = v > tail.high() ? tail.high() : v;
            }
            y[i] = v;
        }
    }
}
