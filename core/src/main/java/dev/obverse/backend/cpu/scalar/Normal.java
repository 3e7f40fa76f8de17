package dev.obverse.backend.cpu.scalar;

/** The standard normal distribution. */
final class Normal {
    private Normal() {}

    /**
     * {@code P(X <= x)}, with a relative error below 1e-7: Marsaglia's Taylor series in the middle ("Evaluating the
     * Normal Distribution", J. Stat. Software 11(4), 2004) and Laplace's continued fraction for the tails.
     */
    static double cdf(double x) {
        double size = Math.abs(x);
        if (size < 3) {
            double term = x;
            double sum = x;
            for (int i = 3; Math.abs(term) > 1e-12 * Math.abs(sum); i += 2) {
                term *= x * x / i;
                sum += term;
            }
            return 0.5 + sum * density(x);
        }
        double fraction = size;
        for (int i = 40; i > 0; i--) {
            fraction = size + i / fraction;
        }
        double tail = size > 40 ? 0 : density(x) / fraction;
        return x > 0 ? 1 - tail : x < 0 ? tail : x;
    }

    private static double density(double x) {
        return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
    }
}
