package dev.obverse.drn.report;

import dev.obverse.drn.Evaluation.Row;
import dev.obverse.drn.Identification;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The table of Table I of the paper and what it leaves out: doing nothing, tracing, and the difference. */
public final class MetricsTable {
    private MetricsTable() {}

    /** A line of the table, each value ready to print. */
    record Line(String name, List<String> values) {}

    private record Column(String heading, int decimals, Function<Row, @Nullable Double> value) {}

    private static final List<Column> COLUMNS = List.of(
            new Column("PSNR dB", 2, row -> finite(row.psnr())),
            new Column("SSIM", 4, row -> finite(row.ssim())),
            new Column("similarity", 2, Row::similarity),
            new Column("to donor", 2, Row::donorSimilarity));

    static List<String> headings() {
        return COLUMNS.stream().map(Column::heading).toList();
    }

    static List<Line> lines(Measured measured) {
        var nothing = measured.evaluation().doNothing();
        var traced = measured.evaluation().traced();
        return List.of(
                line("do nothing", c -> number(c.value.apply(nothing), c.decimals, false)),
                line("traced", c -> number(c.value.apply(traced), c.decimals, false)),
                line("difference", c -> difference(c, nothing, traced)));
    }

    private static Line line(String name, Function<Column, String> value) {
        return new Line(name, COLUMNS.stream().map(value).toList());
    }

    private static String difference(Column column, Row nothing, Row traced) {
        var a = column.value.apply(nothing);
        var b = column.value.apply(traced);
        return number(a == null || b == null ? null : b - a, column.decimals, true);
    }

    private static String number(@Nullable Double value, int decimals, boolean sign) {
        if (value == null) {
            return "n/a";
        }
        return String.format(Locale.ROOT, (sign ? "%+." : "%.") + decimals + "f", value);
    }

    /** A mean over nothing is not a number: there is no such figure. */
    static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }

    /** What the columns mean, and whatever makes the figures less than they seem; the last sentence is always there. */
    static List<String> notes(Measured measured) {
        var notes = new ArrayList<String>();
        if (measured.judge() == null) {
            notes.add("Similarity needs a recogniser; none was given.");
        } else {
            notes.add("Similarity: 100 x cosine to the original by the recogniser " + measured.judge()
                    + "; \"to donor\" should fall.");
        }
        identical(notes, "fake", measured.evaluation().doNothing().identical());
        identical(notes, "traced", measured.evaluation().traced().identical());
        measured.warnings().forEach(warning -> notes.add("Warning: " + warning));
        notes.add(Measured.NOT_PROOF);
        return notes;
    }

    /** What was looked up where. */
    static String gallery(Identification found) {
        return found.pairs() + (found.pairs() == 1 ? " pair" : " pairs") + ", found among " + found.people()
                + (found.people() == 1 ? " person" : " people");
    }

    private static String ranks(Identification.Row row) {
        return "rank-1 " + percent(row.rank(1)) + ", rank-5 " + percent(row.rank(5));
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static void identical(List<String> notes, String what, long count) {
        if (count > 0) {
            notes.add(
                    count + " " + what + " picture" + (count == 1 ? " equals its original" : "s equal their originals")
                            + " and count" + (count == 1 ? "s" : "") + " in no PSNR, which would be infinite.");
        }
    }

    /** The table as plain text, lines ended by {@code \n}. */
    public static String text(Measured measured) {
        var text = new StringBuilder();
        int pairs = measured.evaluation().pairs();
        text.append(pairs)
                .append(pairs == 1 ? " pair" : " pairs")
                .append(" (")
                .append(measured.split())
                .append(")\n");
        text.append("            ");
        headings().forEach(heading -> text.append("%12s".formatted(heading)));
        text.append('\n');
        for (var line : lines(measured)) {
            text.append("  %-10s".formatted(line.name));
            line.values.forEach(value -> text.append("%12s".formatted(value)));
            text.append('\n');
        }
        var found = measured.evaluation().identification();
        if (found != null) {
            text.append("Of ").append(gallery(found)).append(": do nothing ").append(ranks(found.doNothing()));
            text.append("; traced ").append(ranks(found.traced())).append('\n');
        }
        notes(measured).forEach(note -> text.append(note).append('\n'));
        return text.toString();
    }
}
