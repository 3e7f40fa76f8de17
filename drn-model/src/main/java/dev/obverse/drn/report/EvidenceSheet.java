package dev.obverse.drn.report;

import dev.obverse.drn.data.RgbImage;
import dev.obverse.drn.face.Calibration;
import dev.obverse.drn.face.Gallery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;

/**
 * A page that says whose face was probably there, and everything that the answer rests on, so that somebody else can
 * repeat it: contents by SHA-256, all scores, how far they can be trusted. It holds its pictures and refers to nothing.
 */
public final class EvidenceSheet {
    private static final int SIDE = 112;

    /**
     * One ranking of the gallery.
     *
     * @param of what was looked up: {@code fake as given} or {@code traced}
     * @param picture that was looked up
     * @param ranked everybody, the most similar first
     * @param calibration how far scores can be trusted
     */
    public record Ranking(String of, RgbImage picture, List<Gallery.Match> ranked, Calibration calibration) {
        public Ranking {
            ranked = List.copyOf(ranked);
        }
    }

    private final StringBuilder body = new StringBuilder();
    private final int top;

    /**
     * Begins a page.
     *
     * @param facts names and values: names and hashes of model, recogniser and gallery
     * @param calibrated on what the trust in scores rests
     * @param warnings why it may be too much
     * @param top pictures of the best matches to show
     */
    public EvidenceSheet(SequencedMap<String, String> facts, String calibrated, List<String> warnings, int top) {
        this.top = top;
        body.append("<h1>Whose face was it?</h1>\n<p class=\"warning\">").append(Html.escape(Measured.NOT_PROOF));
        body.append(
                " A rank in a gallery says who of these people is most similar, not that the person is among them.");
        body.append("</p>\n<section><h2>What this rests on</h2>\n<table>\n");
        facts.forEach((name, value) -> body.append(
                "<tr><th>%s</th><td><code>%s</code></td></tr>%n".formatted(Html.escape(name), Html.escape(value))));
        body.append("</table>\n<p class=\"note\">&ldquo;Such a score was right&rdquo; says how often a best match")
                .append(" with a score like this one was the right person, by isotonic regression on ")
                .append(Html.escape(calibrated))
                .append(".</p>\n");
        warnings.forEach(warning -> body.append("<p class=\"warning\">Warning: ")
                .append(Html.escape(warning))
                .append("</p>\n"));
        body.append("</section>\n");
    }

    /** Adds a picture and what was found, the fake as given beside the traced face. */
    public EvidenceSheet add(Path file, String sha256, List<Ranking> rankings) throws IOException {
        body.append("<section><h2>%s</h2>%n<p class=\"note\">SHA-256 <code>%s</code></p>%n<div class=\"sides\">%n"
                .formatted(Html.escape(file.toString()), sha256));
        for (var ranking : rankings) {
            add(ranking);
        }
        body.append("</div></section>\n");
        return this;
    }

    private void add(Ranking r) throws IOException {
        body.append("<div><h3>").append(Html.escape(r.of)).append("</h3>\n");
        body.append(Html.picture(r.picture.resize(SIDE, SIDE), r.of))
                .append("\n<table>\n<tr><th>rank</th><th></th>")
                .append("<th>person</th><th>cosine</th><th>such a score was</th></tr>\n");
        for (int i = 0; i < r.ranked.size(); i++) {
            var match = r.ranked.get(i);
            var picture = i < top
                    ? Html.picture(
                            square(match.picture()),
                            match.person() + ", " + match.picture().getFileName())
                    : "";
            var trusted = i == 0 ? r.calibration.of(match.score()).words() : "";
            body.append(String.format(
                    Locale.ROOT,
                    "<tr><td>%d</td><td>%s</td><td>%s</td><td>%.4f</td><td>%s</td></tr>%n",
                    i + 1,
                    picture,
                    Html.escape(match.person()),
                    match.score(),
                    Html.escape(trusted)));
        }
        body.append("</table></div>\n");
    }

    private static RgbImage square(Path file) throws IOException {
        return RgbImage.read(file).resize(SIDE / 2, SIDE / 2);
    }

    /** The whole page. */
    public String html() {
        return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<title>Whose face was it?</title>\n"
                + "<style>\nbody{font:15px/1.45 sans-serif;max-width:70em;margin:2em auto;padding:0 1em}\n"
                + "table{border-collapse:collapse}td,th{padding:.2em .6em;text-align:left;vertical-align:middle}\n"
                + ".sides{display:flex;gap:3em;flex-wrap:wrap}.warning{font-weight:bold}.note{color:#555}\n"
                + "code{word-break:break-all}\n</style></head>\n<body>\n"
                + body + "</body></html>\n";
    }

    /** Writes the page. */
    public void write(Path file) throws IOException {
        Files.writeString(file, html());
    }
}
