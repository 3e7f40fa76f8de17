package dev.obverse.drn.report;

import dev.obverse.drn.Identification;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;

/**
 * A short page about a run: figures, pictures, curves, configuration, machine. One file without scripts or references
 * to anything else, so it can be mailed, printed and opened in twenty years.
 */
public final class HtmlReport {
    private static final String STYLE = "report.css";

    private final StringBuilder body = new StringBuilder();
    private final String title;

    /** A page with a heading and a line of text under it. */
    public HtmlReport(String title, String subtitle) {
        this.title = title;
        body.append("<header><h1>").append(Html.escape(title)).append("</h1>\n<p>");
        body.append(Html.escape(subtitle)).append("</p>\n<p class=\"proof\">");
        body.append(Measured.NOT_PROOF).append("</p></header>\n");
    }

    /** The tables of an evaluation, and its CMC curve if a gallery was searched. */
    public HtmlReport figures(Measured measured) {
        body.append("<section><h2>Figures</h2>\n<p>")
                .append(measured.evaluation().pairs());
        body.append(" pairs (")
                .append(Html.escape(measured.split()))
                .append(")</p>\n<table class=\"figures\"><tr><th></th>");
        MetricsTable.headings()
                .forEach(h -> body.append("<th>").append(Html.escape(h)).append("</th>"));
        body.append("</tr>\n");
        for (var line : MetricsTable.lines(measured)) {
            body.append("<tr><th>").append(line.name()).append("</th>");
            line.values()
                    .forEach(v ->
                            body.append("<td>").append(v.replace('-', '\u2212')).append("</td>"));
            body.append("</tr>\n");
        }
        body.append("</table>\n");
        for (var note : MetricsTable.notes(measured)) {
            if (!note.equals(Measured.NOT_PROOF)) {
                body.append(note.startsWith("Warning") ? "<p class=\"warning\">" : "<p class=\"note\">");
                body.append(Html.escape(note)).append("</p>\n");
            }
        }
        body.append("</section>\n");
        var found = measured.evaluation().identification();
        if (found != null) {
            identification(found);
        }
        return this;
    }

    private void identification(Identification found) {
        body.append("<section><h2>Found in the gallery</h2>\n<p>").append(MetricsTable.gallery(found));
        body.append("</p>\n<table class=\"figures\"><tr><th></th><th>rank-1</th><th>rank-5</th></tr>\n");
        ranks("do nothing", found.doNothing());
        ranks("traced", found.traced());
        body.append("</table>\n<div class=\"charts\"><figure><figcaption>cumulative match characteristic</figcaption>");
        body.append(CmcChart.svg(found))
                .append("</figure></div>\n<p class=\"note\">Share of the pairs whose original")
                .append(" person is among the k most similar people: strong for the traced face, dashed for the fake")
                .append(" itself.</p></section>\n");
    }

    private void ranks(String name, Identification.Row row) {
        body.append("<tr><th>%s</th><td>%s</td><td>%s</td></tr>%n"
                .formatted(name, MetricsTable.percent(row.rank(1)), MetricsTable.percent(row.rank(5))));
    }

    /** Original, fake, traced and mask of some pairs. */
    public HtmlReport pictures(List<TracedPair> pairs) {
        body.append("<section><h2>Pictures</h2>\n<div class=\"wide\"><table class=\"pictures\"><tr>");
        List.of("original", "fake", "traced", "mask")
                .forEach(h -> body.append("<th>").append(h).append("</th>"));
        body.append("</tr>\n");
        for (var pair : pairs) {
            body.append("<tr><td>").append(Html.picture(pair.original(), "original of " + pair.caption()));
            body.append("</td><td>").append(Html.picture(pair.fake(), "fake of " + pair.caption()));
            body.append("</td><td>").append(Html.picture(pair.traced(), "traced face of " + pair.caption()));
            body.append("</td><td>").append(Html.picture(pair.mask(), "mask of " + pair.caption()));
            body.append("</td></tr>\n<tr class=\"caption\"><td colspan=\"4\">").append(Html.escape(pair.caption()));
            body.append("</td></tr>\n");
        }
        body.append("</table></div>\n"
                        + "<p class=\"note\">The mask shows where traced and original differ, mean over red,"
                        + " green")
                .append(" and blue: black for none, light yellow for %.0f %% of the range or more.</p></section>\n"
                        .formatted(100 * Mask.FULL_SCALE));
        return this;
    }

    /** A chart for each curve, with a switch between linear and logarithmic axes. */
    public HtmlReport curves(List<LossCurve> curves) {
        body.append("<section><h2>Curves</h2>\n");
        body.append("<input type=\"radio\" name=\"axis\" id=\"linear\" checked><label for=\"linear\">linear</label>");
        body.append("<input type=\"radio\" name=\"axis\" id=\"log\"><label for=\"log\">logarithmic</label>\n");
        body.append("<div class=\"charts\">\n");
        for (var curve : curves) {
            boolean log = LossChart.canBeLog(curve);
            body.append("<figure><figcaption>").append(Html.escape(curve.name()));
            body.append(log ? "" : "<span class=\"islog\"> (not above 0: linear)</span>")
                    .append("</figcaption>");
            body.append("<div class=\"islinear\">")
                    .append(LossChart.svg(curve, false))
                    .append("</div>");
            body.append("<div class=\"islog\">")
                    .append(LossChart.svg(curve, log))
                    .append("</div></figure>\n");
        }
        body.append("</div>\n<p class=\"note\">By training step; strong: running mean.</p></section>\n");
        return this;
    }

    /** Names and values, such as a configuration or the machine. */
    public HtmlReport facts(String heading, Map<String, String> facts) {
        body.append("<section class=\"facts\"><h2>")
                .append(Html.escape(heading))
                .append("</h2>\n<table>\n");
        facts.forEach((name, value) -> body.append("<tr><th>")
                .append(Html.escape(name))
                .append("</th><td>")
                .append(Html.escape(value))
                .append("</td></tr>\n"));
        body.append("</table></section>\n");
        return this;
    }

    /** How long each phase took, in seconds, with bars. */
    public HtmlReport times(SequencedMap<String, Double> seconds) {
        double total =
                seconds.values().stream().mapToDouble(Double::doubleValue).sum();
        body.append("<section class=\"times\"><h2>Time</h2>\n<table>\n");
        seconds.forEach((phase, s) -> body.append(String.format(
                Locale.ROOT,
                "<tr><th>%s</th><td>%.1f s</td><td class=\"bar\"><i style=\"width:%.1f%%\"></i></td></tr>%n",
                Html.escape(phase),
                s,
                total > 0 ? 100 * s / total : 0)));
        body.append(String.format(Locale.ROOT, "<tr><th>all</th><td>%.1f s</td><td></td></tr>%n", total));
        body.append("</table></section>\n");
        return this;
    }

    /** The whole page. */
    public String html() {
        return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<title>" + Html.escape(title)
                + "</title>\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<style>\n"
                + style()
                + "</style></head>\n<body>\n" + body + "</body></html>\n";
    }

    private static String style() {
        try (InputStream stream = Objects.requireNonNull(HtmlReport.class.getResourceAsStream(STYLE), STYLE)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the page. */
    public void write(Path file) throws IOException {
        Files.writeString(file, html());
    }
}
