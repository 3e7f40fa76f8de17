package dev.obverse.drn.report;

import dev.obverse.drn.data.RgbImage;

/**
 * A picture of where two pictures differ: {@code |a - b|}, the mean over red, green and blue, dark where they agree and
 * light where they do not.
 */
public final class Mask {
    /** The difference, of a possible 1, that is shown brightest. Fixed, so that masks can be compared. */
    public static final float FULL_SCALE = 0.2f;

    private Mask() {}

    /**
     * The mask of two pictures.
     *
     * @param a values in [0,1], as {@code b}'s
     * @param b of the same size
     */
    public static RgbImage of(RgbImage a, RgbImage b) {
        if (a.width() != b.width() || a.height() != b.height()) {
            throw new IllegalArgumentException("A mask needs two pictures of one size, not " + a.width() + "x"
                    + a.height() + " and " + b.width() + "x" + b.height() + "; resize one of them");
        }
        var mask = new RgbImage(a.width(), a.height());
        for (int i = 0; i < mask.rgb().length; i += 3) {
            float sum = 0;
            for (int c = 0; c < 3; c++) {
                sum += Math.abs(a.rgb()[i + c] - b.rgb()[i + c]);
            }
            Inferno.write(sum / (3 * FULL_SCALE), mask.rgb(), i);
        }
        return mask;
    }
}
