package dev.obverse.random;

/**
 * The functions of Box and Muller's transform, for arguments of 24 bits, from tables: a network's 150 million initial
 * weights take seconds with {@link StrictMath} alone. The tables are its values and the rest is plain arithmetic, so
 * the bits are the same everywhere. Errors are below 2e-15 for angles, and for logarithms below 1e-15 of the value or,
 * near 0, 4e-16: far less than the rounding of a weight to float.
 */
final class BoxMuller {
    private static final int BITS = 12;
    private static final int SIZE = 1 << BITS;
    private static final int LOW = SIZE - 1;
    private static final int RANGE = 1 << (2 * BITS);

    /** Sine and cosine of {@code 2 pi h / 2^12}, then of {@code 2 pi l / 2^24}, in turn. */
    private static final double[] HIGH_ANGLES = angles(2 * Math.PI / SIZE);

    private static final double[] LOW_ANGLES = angles(2 * Math.PI / RANGE);

    /** Logarithm of {@code h / 2^12}, of which only the upper half is used. */
    private static final double[] LOGARITHMS = logarithms();

    private static final double LN2 = StrictMath.log(2);

    private BoxMuller() {}

    private static double[] angles(double unit) {
        var angles = new double[2 * SIZE];
        for (int i = 0; i < SIZE; i++) {
            angles[2 * i] = StrictMath.sin(i * unit);
            angles[2 * i + 1] = StrictMath.cos(i * unit);
        }
        return angles;
    }

    private static double[] logarithms() {
        var logarithms = new double[SIZE];
        for (int i = 1; i < SIZE; i++) {
            logarithms[i] = StrictMath.log((double) i / SIZE);
        }
        return logarithms;
    }

    /** {@code sin(2 pi k / 2^24)}. */
    static double sine(int k) {
        int h = (k >>> BITS) << 1;
        int l = (k & LOW) << 1;
        return HIGH_ANGLES[h] * LOW_ANGLES[l + 1] + HIGH_ANGLES[h + 1] * LOW_ANGLES[l];
    }

    /** {@code cos(2 pi k / 2^24)}. */
    static double cosine(int k) {
        int h = (k >>> BITS) << 1;
        int l = (k & LOW) << 1;
        return HIGH_ANGLES[h + 1] * LOW_ANGLES[l + 1] - HIGH_ANGLES[h] * LOW_ANGLES[l];
    }

    /** {@code log(n / 2^24)} for {@code n} from 1 to 2^24. */
    static double log(int n) {
        if (n == RANGE) {
            return 0;
        }
        // n = m / 2^shift with 24 bits in m, and m = h 2^12 (1 + r) with r below 2^-11.
        int shift = Integer.numberOfLeadingZeros(n) - 8;
        int m = n << shift;
        int h = m >>> BITS;
        double r = (double) (m & LOW) / (h << BITS);
        double series = r * (1 - r * (1 / 2.0 - r * (1 / 3.0 - r * (1 / 4.0 - r * (1 / 5.0)))));
        return LOGARITHMS[h] + series - shift * LN2;
    }
}
