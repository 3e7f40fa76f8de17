package dev.obverse.contract;

/**
 * How exact a float32 result must be. This is the one rule, for forward and backward of every operation:
 *
 * <pre>{@code |result - reference| <= 2^-24 (8 + sqrt(terms)) scale}</pre>
 *
 * <p>{@code 2^-24} is the rounding error of one float operation; eight of them in a row are allowed to everybody. A sum
 * of {@code terms} numbers rounds after each, in random directions, hence the root. The error of a sum is relative to
 * the sum of the absolute values of its terms, not to what is left after cancellation: that is {@code scale}. The
 * smallest mistake, one term too many or too few, is larger than this for every sum in the catalogue.
 */
public enum Scale {
    /**
     * For functions that are sums of products. Their scale is their own value at the absolute values of the inputs, and
     * the number of their terms is their own value at ones; both hold for the gradients too.
     */
    TERMS,

    /**
     * As {@link #TERMS}, but of the element with the most: for Winograd's convolution forced upon any shape. The pixels
     * of a tile are sums of the same products, so a pixel at a border, with few terms of its own, shares the error of
     * its neighbours.
     */
    MOST_TERMS,

    /**
     * The element's own absolute value. Backward, plus the gradient that came in: a derivative may be {@code 1 - y^2}.
     */
    EACH,

    /** The largest absolute value in the array: for results that come from all of it, such as softmax. */
    LARGEST;

    /** The error allowed to one element. */
    static double limit(double terms, double scale) {
        return 0x1p-24 * (8 + Math.sqrt(terms)) * scale + Float.MIN_NORMAL;
    }
}
