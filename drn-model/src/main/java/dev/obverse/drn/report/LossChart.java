package dev.obverse.drn.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Draws one curve as a small SVG: the values faint, their running mean strong, the last mean in numbers. */
final class LossChart {
    private static final int WIDTH = 280;
    private static final int HEIGHT = 150;
    private static final int LEFT = 46;
    private static final int RIGHT = 8;
    private static final int TOP = 8;
    private static final int BOTTOM = 22;
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
        var svg = new StringBuilder();
        double last = means.values()[means.values().length - 1];
        svg.append("<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s over training steps, last mean %s\">"
                .formatted(WIDTH, HEIGHT, Html.escape(values.name()), number(last)));
        for (double tick : log ? powers() : ticks(lowY, highY, 4)) {
            double y = y(tick);
            svg.append(line("grid", LEFT, y, WIDTH - RIGHT, y)).append(text("y", LEFT - 5, y + 3.5, number(tick)));
        }
        for (double tick : ticks(lowX, highX, 6)) {
            svg.append(text("x", x(tick), HEIGHT - 6, number(tick)));
        }
        svg.append(line("axis", LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM));
        svg.append(path("values", values)).append(path("means", means));
        return svg.append("</svg>").toString();
    }

    private double x(double step) {
        return LEFT + (step - lowX) / (highX - lowX) * (WIDTH - LEFT - RIGHT);
    }

    private double y(double value) {
        double place = ((log ? Math.log10(value) : value) - lowY) / (highY - lowY);
        return HEIGHT - BOTTOM - place * (HEIGHT - TOP - BOTTOM);
    }

    private String path(String kind, LossCurve curve) {
        var path = new StringBuilder("<path class=\"" + kind + "\" d=\"");
        for (int i = 0; i < curve.values().length; i++) {
            path.append(i == 0 ? 'M' : 'L')
                    .append(String.format(Locale.ROOT, "%.1f %.1f", x(curve.steps()[i]), y(curve.values()[i])));
        }
        return path.append("\"/>").toString();
    }

    static String line(String kind, double x1, double y1, double x2, double y2) {
        return String.format(
                Locale.ROOT,
                "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
                kind,
                x1,
                y1,
                x2,
                y2);
    }

    static String text(String kind, double x, double y, String text) {
        return String.format(Locale.ROOT, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>", kind, x, y, text);
    }

    /** About {@code wanted} round numbers from low to high: 1, 2 or 5 times a power of ten apart. */
    static List<Double> ticks(double low, double high, int wanted) {
        double rough = (high - low) / wanted;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = power * (rough / power > 5 ? 10 : rough / power > 2 ? 5 : rough / power > 1 ? 2 : 1);
        var ticks = new ArrayList<Double>();
        for (long i = (long) Math.ceil(low / step - 1e-9); i * step <= high * (1 + 1e-9); i++) {
            ticks.add(i * step);
        }
        return ticks;
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

    /** Four significant digits at most, without trailing zeros. */
    static String number(double value) {
        if (value == 0) {
            return "0";
        }
        double size = Math.abs(value);
        if (size >= 1e6 || size < 1e-4) {
            return String.format(Locale.ROOT, "%.0e", value);
        }
        int decimals = Math.max(0, 3 - (int) Math.floor(Math.log10(size)));
        var text = String.format(Locale.ROOT, "%." + decimals + "f", value);
        return decimals == 0 ? text : text.replaceAll("\\.?0+$", "");
    }
}
