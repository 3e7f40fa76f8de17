package dev.obverse.cuda.kernel;

/** What {@code Divisor} of {@code prelude.cuh} holds. */
final class Divisors {
    private Divisors() {}

    /**
     * Divisor, factor and shift with {@code n / d == (hi32(n factor) + n) >>> shift} for {@code 0 <= n < 2^31}.
     *
     * @param d at least 1
     */
    static int[] of(int d) {
        int shift = 32 - Integer.numberOfLeadingZeros(d - 1);
        long factor = ((1L << 32) * ((1L << shift) - d)) / d + 1;
        return new int[] {d, (int) factor, shift};
    }

    /** The same arithmetic in Java, for tests. */
    static int divide(int n, int[] divisor) {
        long high = (n * Integer.toUnsignedLong(divisor[1])) >>> 32;
        return (int) ((high + n) >>> divisor[2]);
    }
}
