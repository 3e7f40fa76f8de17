package dev.obverse.drn.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;

/** A small SVG with two axes, on which places go from 0 to 1; colours and widths are the style sheet's. */
final class Chart {
    private static final int WIDTH = 280;
    private static final int HEIGHT = 150;
    private static final int LEFT = 46;
    private static final int RIGHT = 8;
    private static final int TOP = 8;
    private static final int BOTTOM = 22;

    private final StringBuilder svg = new StringBuilder();

    /** @param label what a reader hears who cannot see it */
    Chart(String label) {
        svg.append("<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">"
                .formatted(WIDTH, HEIGHT, Html.escape(label)));
    }

    private static double left(double x) {
        return LEFT + x * (WIDTH - LEFT - RIGHT);
    }

    private static double top(double y) {
        return HEIGHT - BOTTOM - y * (HEIGHT - TOP - BOTTOM);
    }

    /** A number under the chart. */
    void tickX(double x, String text) {
        text("x", left(x), HEIGHT - 6, text);
    }

    /** A number beside the chart, and a line across. */
    void tickY(double y, String text) {
        line("grid", top(y));
        text("y", LEFT - 5, top(y) + 3.5, text);
    }

    /** The line at the bottom, over those of {@link #tickY}. */
    void axis() {
        line("axis", HEIGHT - BOTTOM);
    }

    /** Points joined by lines. */
    void curve(String kind, int points, IntToDoubleFunction x, IntToDoubleFunction y) {
        svg.append("<path class=\"").append(kind).append("\" d=\"");
        for (int i = 0; i < points; i++) {
            svg.append(i == 0 ? 'M' : 'L')
                    .append(String.format(Locale.ROOT, "%.1f %.1f", left(x.applyAsDouble(i)), top(y.applyAsDouble(i))));
        }
        svg.append("\"/>");
    }

    /** All of it. */
    String svg() {
        return svg + "</svg>";
    }

    private void line(String kind, double y) {
        svg.append(String.format(
                Locale.ROOT,
                "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
                kind,
                (double) LEFT,
                y,
                (double) (WIDTH - RIGHT),
                y));
    }

    private void text(String kind, double x, double y, String text) {
        svg.append(String.format(Locale.ROOT, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>", kind, x, y, text));
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
