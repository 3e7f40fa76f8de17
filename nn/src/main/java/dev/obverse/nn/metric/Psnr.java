package dev.obverse.nn.metric;

import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;

/**
 * Peak signal-to-noise ratio in decibels, as a figure of one image and as the mean over many.
 *
 * <p>Both images are first rounded to 8 bits, as they would be in a file; then {@code 10 log10(255^2 / MSE)} with one
 * mean squared error over all pixels and channels. Equal images give infinity.
 *
 * <p>An instance averages the decibels of single images. One infinite image would make that mean infinite and hide all
 * others, so infinite ones are {@linkplain #infinite() counted apart}. Not thread-safe.
 */
public final class Psnr {
    private double sum;
    private long finite;
    private long infinite;

    /** The mean of no images yet. */
    public Psnr() {}

    /**
     * The figure of one image.
     *
     * @param image {@code [H,W,C]}, row-major, values in [0,1]; what lies outside is clamped
     * @param reference the same
     * @return decibels; infinite for images equal in 8 bits, NaN if a value is NaN
     */
    public static double of(float[] image, float[] reference, Shape hwc) {
        ImagePair.check("PSNR", image, reference, hwc);
        long squares = 0;
        for (int i = 0; i < image.length; i++) {
            if (Float.isNaN(image[i]) || Float.isNaN(reference[i])) {
                return Double.NaN;
            }
            int difference = to8Bits(image[i]) - to8Bits(reference[i]);
            squares += (long) difference * difference;
        }
        return 10 * Math.log10(255.0 * 255.0 * image.length / squares);
    }

    /** One figure per image of two batches {@code [N,H,W,C]}. */
    public static double[] of(Tensor images, Tensor references) {
        return ImagePair.eachOf("PSNR", images, references, Psnr::of);
    }

    private static int to8Bits(float value) {
        return (int) (Math.clamp(value, 0f, 1f) * 255f + 0.5f);
    }

    /** Takes the decibels of one image into the mean. */
    public void add(double decibels) {
        if (decibels == Double.POSITIVE_INFINITY) {
            infinite++;
        } else {
            sum += decibels;
            finite++;
        }
    }

    /** Takes every image of two batches {@code [N,H,W,C]} into the mean. */
    public void add(Tensor images, Tensor references) {
        for (double decibels : of(images, references)) {
            add(decibels);
        }
    }

    /** Mean decibels of the images that differ from their reference; NaN when there is none. */
    public double mean() {
        return sum / finite;
    }

    /** Number of images in the mean. */
    public long finite() {
        return finite;
    }

    /** Number of images equal to their reference in all 8 bits: not in the mean. */
    public long infinite() {
        return infinite;
    }
}
