package dev.obverse.drn.report;

import dev.obverse.drn.Identification;
import java.util.Locale;

/**
 * Draws the cumulative match characteristic as a small SVG: for each number k of people, the share of pairs whose
 * person is among the k most similar; traced strong, doing nothing dashed.
 */
final class CmcChart {
    private static final int WIDTH = 280;
    private static final int HEIGHT = 150;
    private static final int LEFT = 46;
    private static final int RIGHT = 8;
    private static final int TOP = 8;
    private static final int BOTTOM = 22;
    /** Who is not among these will hardly be looked at. */
    private static final int MOST_RANKS = 50;

    private final int ranks;

    private CmcChart(int ranks) {
        this.ranks = ranks;
    }

    /** The chart as an {@code svg} element. */
    static String svg(Identification found) {
        return new CmcChart(Math.min(MOST_RANKS, found.people())).draw(found);
    }

    private String draw(Identification found) {
        var svg = new StringBuilder();
        svg.append("<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"share found by rank, 1 to %d\">"
                .formatted(WIDTH, HEIGHT, ranks));
        for (double tick : LossChart.ticks(0, 1, 5)) {
            svg.append(LossChart.line("grid", LEFT, y(tick), WIDTH - RIGHT, y(tick)));
            svg.append(LossChart.text("y", LEFT - 5, y(tick) + 3.5, Math.round(100 * tick) + " %"));
        }
        svg.append(LossChart.text("x", x(1), HEIGHT - 6, "1"));
        for (double tick : LossChart.ticks(2, Math.max(3, ranks), 6)) {
            if (tick == Math.rint(tick) && tick <= ranks) {
                svg.append(LossChart.text("x", x(tick), HEIGHT - 6, LossChart.number(tick)));
            }
        }
        svg.append(LossChart.line("axis", LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM));
        svg.append(path("nothing", found.doNothing())).append(path("means", found.traced()));
        return svg.append("</svg>").toString();
    }

    private double x(double rank) {
        return LEFT + (rank - 1) / Math.max(1, ranks - 1) * (WIDTH - LEFT - RIGHT);
    }

    private double y(double share) {
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
    }

    /** A point for each rank, joined by lines. */
    private String path(String kind, Identification.Row row) {
        var path = new StringBuilder("<path class=\"" + kind + "\" d=\"");
        for (int k = 1; k <= ranks; k++) {
            path.append(String.format(Locale.ROOT, "%s%.1f %.1f", k == 1 ? "M" : "L", x(k), y(row.rank(k))));
        }
        return path.append("\"/>").toString();
    }
}
