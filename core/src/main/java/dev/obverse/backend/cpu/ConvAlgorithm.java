package dev.obverse.backend.cpu;

import java.util.Locale;

/**
 * Which algorithm computes a convolution with vectors, where more than one can. System property {@code obverse.conv}
 * sets it for the process.
 */
public enum ConvAlgorithm {
    /** The one that measured faster on such shapes. */
    AUTO,
    /** One multiplication per tap, channel and pixel: half of Winograd's rounding error. */
    DIRECT,
    /** Winograd's F(4x4, 3x3), for every shape that it can compute. */
    WINOGRAD;

    private static final String PROPERTY = "obverse.conv";

    /**
     * The algorithm that {@code obverse.conv} asks for.
     *
     * @throws IllegalStateException if it asks for one that does not exist
     */
    static ConvAlgorithm chosen() {
        var wish = System.getProperty(PROPERTY, "auto").strip().toUpperCase(Locale.ROOT);
        for (var algorithm : values()) {
            if (algorithm.name().equals(wish)) {
                return algorithm;
            }
        }
        throw new IllegalStateException("System property " + PROPERTY + " is '" + System.getProperty(PROPERTY)
                + "': it must be auto, direct or winograd");
    }
}
