package dev.obverse.backend.cpu.scalar;

import dev.obverse.backend.cpu.Workers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Gradient of the bias and LeakyReLU that end a convolution. */
public final class ConvEpilogueGradient {
    /** Values of one piece. */
    private static final int CHUNK = 1 << 14;

    private ConvEpilogueGradient() {}

    /**
     * {@code dz = dy * (y > 0 ? 1 : slope)}, which for {@code slope >= 0} reads the sign before the LeakyReLU from its
     * result, and {@code dbias[c]}, the sum of {@code dz} over pixels.
     *
     * @param y {@code [pixels,channels]}, the result of the forward pass; not read if slope is 1
     * @param dy {@code [pixels,channels]}
     * @param dz {@code [pixels,channels]}, overwritten
     * @param dbias {@code [channels]}, overwritten, or null
     */
    public static void run(
            int pixels, int channels, float slope, float[] y, float[] dy, float[] dz, float @Nullable [] dbias) {
        int chunk = Math.max(1, CHUNK / Math.max(1, channels));
        int pieces = (pixels + chunk - 1) / chunk;
        var partial = new float[dbias == null ? 0 : pieces * channels];
        Workers.run(pieces, piece -> {
            int end = Math.min((piece + 1) * chunk, pixels) * channels;
            for (int i = piece * chunk * channels; i < end; i++) {
                dz[i] = slope == 1f || y[i] > 0f ? dy[i] : slope * dy[i];
            }
            for (int i = piece * chunk * channels; dbias != null && i < end; i += channels) {
                ConvForward.addScaled(1f, dz, i, partial, piece * channels, channels);
            }
        });
        if (dbias != null) {
            Arrays.fill(dbias, 0, channels, 0f);
            for (int piece = 0; piece < pieces; piece++) {
                ConvForward.addScaled(1f, partial, piece * channels, dbias, 0, channels);
            }
        }
    }
}
