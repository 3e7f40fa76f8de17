package dev.obverse.drn.report;

import dev.obverse.drn.Identification;

/**
 * Draws the cumulative match characteristic as a small SVG: for each number k of people, the share of pairs whose
 * person is among the k most similar; traced strong, doing nothing dashed.
 */
final class CmcChart {
    /** Who is not among these will hardly be looked at. */
    private static final int MOST_RANKS = 50;

    private CmcChart() {}

    /** The chart as an {@code svg} element. */
    static String svg(Identification found) {
        int ranks = Math.min(MOST_RANKS, found.people());
        var chart = new Chart("share found by rank, 1 to " + ranks);
        for (double tick : Chart.ticks(0, 1, 5)) {
            chart.tickY(tick, Math.round(100 * tick) + " %");
        }
        chart.tickX(0, "1");
        for (double tick : Chart.ticks(2, Math.max(3, ranks), 6)) {
            if (tick == Math.rint(tick) && tick <= ranks) {
                chart.tickX(x(tick, ranks), Chart.number(tick));
            }
        }
        chart.axis();
        draw(chart, "nothing", ranks, found.doNothing());
        draw(chart, "means", ranks, found.traced());
        return chart.svg();
    }

    private static void draw(Chart chart, String kind, int ranks, Identification.Row row) {
        chart.curve(kind, ranks, i -> x(i + 1, ranks), i -> row.rank(i + 1));
    }

    private static double x(double rank, int ranks) {
        return (rank - 1) / Math.max(1, ranks - 1);
    }
}
