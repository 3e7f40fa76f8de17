package dev.obverse.nn.metric;

import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.util.Arrays;

/**
 * Structural similarity of two images (Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment: from error
 * visibility to structural similarity", IEEE TIP 2004), with K1 = 0.01, K2 = 0.03 and a dynamic range of 1.
 *
 * <p>With means m, variances v and covariance c under a sliding window,
 *
 * <pre>SSIM = (2 m_a m_b + K1^2) (2 c + K2^2) / ((m_a^2 + m_b^2 + K1^2) (v_a + v_b + K2^2))</pre>
 *
 * averaged over the windows that lie wholly inside the image, then over the channels. Values are taken as they are: no
 * rounding to 8 bits, no conversion to grey, no downsampling. Published figures are only comparable within one variant.
 */
public enum Ssim {
    /** The paper's window: 11x11, Gaussian, sigma 1.5, population covariance. Drops a border of 5 pixels. */
    GAUSSIAN(gaussian(11, 1.5), 1),
    /** scikit-image's default: 7x7, all weights equal, sample covariance. Drops a border of 3 pixels. */
    UNIFORM(uniform(7), 49.0 / 48);

    private static final double C1 = 0.01 * 0.01;
    private static final double C2 = 0.03 * 0.03;

    @SuppressWarnings("ImmutableEnumChecker") // never written after construction
    private final double[] window;

    private final double covarianceFactor;

    Ssim(double[] window, double covarianceFactor) {
        this.window = window;
        this.covarianceFactor = covarianceFactor;
    }

    private static double[] uniform(int size) {
        var window = new double[size];
        Arrays.fill(window, 1.0 / size);
        return window;
    }

    private static double[] gaussian(int size, double sigma) {
        var window = new double[size];
        double sum = 0;
        for (int i = 0; i < size; i++) {
            double distance = i - size / 2;
            window[i] = Math.exp(-distance * distance / (2 * sigma * sigma));
            sum += window[i];
        }
        for (int i = 0; i < size; i++) {
            window[i] /= sum;
        }
        return window;
    }

    /** One figure per image of two batches {@code [N,H,W,C]}. */
    public double[] of(Tensor images, Tensor references) {
        return ImagePair.eachOf("SSIM", images, references, this::of);
    }

    /**
     * The figure of one image.
     *
     * @param image {@code [H,W,C]}, row-major, values in [0,1]
     * @param reference the same
     * @return at most 1, which only equal images reach; NaN if a value is NaN
     * @throws IllegalArgumentException if a side is shorter than the window
     */
    public double of(float[] image, float[] reference, Shape hwc) {
        ImagePair.check("SSIM", image, reference, hwc);
        int height = hwc.dim(0);
        int width = hwc.dim(1);
        int channels = hwc.dim(2);
        int size = window.length;
        if (height < size || width < size) {
            throw new IllegalArgumentException("SSIM " + this + " needs images of at least " + size + "x" + size
                    + " pixels, but was given " + hwc);
        }
        int in = width * channels;
        int out = (width - size + 1) * channels;
        // Only the sum of the two variances is needed, so four maps do: a, b, a^2+b^2, ab. The window is separable:
        // each row is filtered along x when it arrives, and the last `size` such rows are then summed along y.
        var maps = new double[4][in];
        var rows = new double[4][size][out];
        var moments = new double[4][out];
        double sum = 0;
        for (int y = 0; y < height; y++) {
            products(image, reference, y * in, maps);
            for (int m = 0; m < 4; m++) {
                filterAlongX(maps[m], channels, rows[m][y % size]);
            }
            if (y >= size - 1) {
                for (int m = 0; m < 4; m++) {
                    filterAlongY(rows[m], y + 1, moments[m]);
                }
                sum += sumOfSimilarities(moments);
            }
        }
        return sum / ((double) out * (height - size + 1));
    }

    private static void products(float[] image, float[] reference, int from, double[][] maps) {
        double[] as = maps[0];
        double[] bs = maps[1];
        double[] squares = maps[2];
        double[] mixed = maps[3];
        for (int i = 0; i < as.length; i++) {
            double a = image[from + i];
            double b = reference[from + i];
            as[i] = a;
            bs[i] = b;
            squares[i] = a * a + b * b;
            mixed[i] = a * b;
        }
    }

    private void filterAlongX(double[] row, int channels, double[] result) {
        Arrays.fill(result, 0);
        for (int k = 0; k < window.length; k++) {
            addScaled(row, k * channels, window[k], result);
        }
    }

    private void filterAlongY(double[][] ring, int oldest, double[] result) {
        Arrays.fill(result, 0);
        for (int k = 0; k < window.length; k++) {
            addScaled(ring[(oldest + k) % window.length], 0, window[k], result);
        }
    }

    private static void addScaled(double[] source, int from, double weight, double[] target) {
        for (int i = 0; i < target.length; i++) {
            target[i] += weight * source[from + i];
        }
    }

    private double sumOfSimilarities(double[][] moments) {
        double sum = 0;
        for (int i = 0; i < moments[0].length; i++) {
            double a = moments[0][i];
            double b = moments[1][i];
            double meanSquares = a * a + b * b;
            double variances = covarianceFactor * (moments[2][i] - meanSquares);
            double covariance = covarianceFactor * (moments[3][i] - a * b);
            sum += (2 * a * b + C1) * (2 * covariance + C2) / ((meanSquares + C1) * (variances + C2));
        }
        return sum;
    }
}
