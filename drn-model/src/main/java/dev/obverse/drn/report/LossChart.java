package dev.obverse.drn.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Draws one curve as a small SVG: the values faint, their running mean strong, the last mean in numbers. */
final class LossChart {
    private static final int MOST_POINTS = 180;

    private final LossCurve values;
    private final LossCurve means;
    private final boolean log;
    private final double lowX;
    private final double highX;
    private final double lowY;
    private final double highY;

    private LossChart(LossCurve curve, boolean log) {
        values = curve.thinned(MOST_POINTS);
        means = values.smoothed();
        this.log = log;
        lowX = values.steps()[0];
        highX = Math.max(lowX + 1, values.steps()[values.steps().length - 1]);
        double low = Arrays.stream(values.values()).min().orElseThrow();
        double high = Arrays.stream(values.values()).max().orElseThrow();
        if (log) {
            double least = Math.log10(low);
            double most = Math.log10(high);
            double margin = Math.max(0.05, 0.04 * (most - least));
            lowY = least - margin;
            highY = most + margin;
        } else {
            double bottom = Math.min(0, low);
            lowY = bottom;
            highY = high > bottom ? high + 0.04 * (high - bottom) : bottom + 1;
        }
    }

    /** Whether all of a curve can be drawn on a logarithmic axis. */
    static boolean canBeLog(LossCurve curve) {
        return Arrays.stream(curve.values()).filter(Double::isFinite).allMatch(v -> v > 0);
    }

    /** The chart as an {@code svg} element, or a word if the curve has no finite value. */
    static String svg(LossCurve curve, boolean log) {
        return Arrays.stream(curve.values()).anyMatch(Double::isFinite)
                ? new LossChart(curve, log).draw()
                : "<p class=\"none\">no finite value</p>";
    }

    private String draw() {
        double last = means.values()[means.values().length - 1];
        var chart = new Chart(values.name() + " over training steps, last mean " + Chart.number(last));
        for (double tick : log ? powers() : Chart.ticks(lowY, highY, 4)) {
            chart.tickY(y(tick), Chart.number(tick));
        }
        for (double tick : Chart.ticks(lowX, highX, 6)) {
            chart.tickX(x(tick), Chart.number(tick));
        }
        chart.axis();
        draw(chart, "values", values);
        draw(chart, "means", means);
        return chart.svg();
    }

    private void draw(Chart chart, String kind, LossCurve curve) {
        chart.curve(kind, curve.values().length, i -> x(curve.steps()[i]), i -> y(curve.values()[i]));
    }

    private double x(double step) {
        return (step - lowX) / (highX - lowX);
    }

    private double y(double value) {
        return ((log ? Math.log10(value) : value) - lowY) / (highY - lowY);
    }

    /** 1, 2 and 5 times powers of ten on the axis; only the powers where there would be many. */
    private List<Double> powers() {
        var all = new ArrayList<Double>();
        for (int exponent = (int) Math.floor(lowY); exponent <= highY; exponent++) {
            for (int factor : highY - lowY > 2.2 ? new int[] {1} : new int[] {1, 2, 5}) {
                double tick = factor * Math.pow(10, exponent);
                if (Math.log10(tick) >= lowY && Math.log10(tick) <= highY) {
                    all.add(tick);
                }
            }
        }
        return all;
    }
}
