package dev.obverse.backend.reference;

/** The standard normal distribution. */
final class Normal {
    private Normal() {}

    static double density(double x) {
        return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    /**
     * {@code Phi(x)} to about 1e-16 absolute, by {@code Phi(x) = 1/2 + density(x) (x + x^3/3 + x^5/(3 5) + ...)}
     * (Abramowitz and Stegun 26.2.11), whose terms all have one sign. Beyond 9 it is 0 or 1 to that precision.
     */
    static double distribution(double x) {
        if (Math.abs(x) > 9) {
            return x > 0 ? 1 : 0;
        }
        double term = x;
        double sum = x;
        for (int k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
            term *= x * x / k;
            sum += term;
        }
        return 0.5 + density(x) * sum;
    }
}
