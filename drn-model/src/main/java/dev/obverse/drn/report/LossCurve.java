package dev.obverse.drn.report;

import java.util.Arrays;

/**
 * One figure over the steps of a training run.
 *
 * @param name of the loss term, or of what else was logged
 * @param steps ascending
 * @param values at those steps
 */
public record LossCurve(String name, double[] steps, double[] values) {
    public LossCurve {
        if (steps.length != values.length) {
            throw new IllegalArgumentException("Curve " + name + " has " + steps.length + " steps and " + values.length
                    + " values; they must be as many");
        }
        steps = steps.clone();
        values = values.clone();
    }

    /** At most {@code most} points: means over equal numbers of neighbours, not-a-numbers left out. */
    LossCurve thinned(int most) {
        int size = values.length;
        int per = Math.max(1, Math.ceilDiv(size, most));
        var x = new double[Math.ceilDiv(size, per)];
        var y = new double[x.length];
        int count = 0;
        for (int from = 0; from < size; from += per) {
            int to = Math.min(size, from + per);
            var mean = Arrays.stream(values, from, to).filter(Double::isFinite).average();
            if (mean.isPresent()) {
                x[count] = Arrays.stream(steps, from, to).average().orElseThrow();
                y[count++] = mean.getAsDouble();
            }
        }
        return new LossCurve(name, Arrays.copyOf(x, count), Arrays.copyOf(y, count));
    }

    /** The mean over a window of a ninth of the curve centred on each point, smaller at the ends. */
    LossCurve smoothed() {
        int half = values.length / 18;
        var y = new double[values.length];
        for (int i = 0; i < y.length; i++) {
            int reach = Math.min(half, Math.min(i, y.length - 1 - i));
            y[i] = Arrays.stream(values, i - reach, i + reach + 1).average().orElseThrow();
        }
        return new LossCurve(name, steps, y);
    }
}
