package dev.obverse.nn.metric;

/** The mean of figures that arrive one by one, or batch by batch with a weight. Not thread-safe. */
public final class RunningMean {
    private double sum;
    private double weight;

    /** The mean of no values yet. */
    public RunningMean() {}

    public void add(double value) {
        add(value, 1);
    }

    /**
     * Takes one value in.
     *
     * @param value a mean over {@code weight} samples, so that a smaller last batch counts less
     * @param weight at least 0
     */
    public void add(double value, double weight) {
        if (!(weight >= 0)) {
            throw new IllegalArgumentException("The weight of a mean must be 0 or more, but is " + weight);
        }
        sum += value * weight;
        this.weight += weight;
    }

    /** NaN before the first value. */
    public double mean() {
        return sum / weight;
    }

    /** Number of values, or the sum of their weights. */
    public double weight() {
        return weight;
    }

    public void reset() {
        sum = 0;
        weight = 0;
    }
}
