package dev.obverse.drn.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Comma-separated values after RFC 4180: fields may be quoted, and then hold commas, line breaks and doubled quotes.
 */
final class Csv {
    private Csv() {}

    /** One record and the number, from 1, of the line it starts on. */
    record Line(int number, List<String> fields) {}

    /** A quote that is not closed, or closed and followed by text. */
    static final class BadQuote extends Exception {
        private static final long serialVersionUID = 1L;
        final int line;

        BadQuote(int line) {
            super("line " + line + " has a quoted field that does not end at a comma or line end");
            this.line = line;
        }
    }

    /** Splits a text into records; blank lines are left out. */
    static List<Line> parse(String text) throws BadQuote {
        var lines = new ArrayList<Line>();
        var fields = new ArrayList<String>();
        var field = new StringBuilder();
        int line = 1;
        int start = 1;
        int at = text.startsWith("\uFEFF") ? 1 : 0;
        boolean empty = true;
        while (at <= text.length()) {
            char c = at < text.length() ? text.charAt(at) : '\n';
            if (c == '"' && field.isEmpty() && at < text.length()) {
                int close = closing(text, at + 1, line);
                var quoted = text.substring(at + 1, close).replace("\"\"", "\"");
                field.append(quoted);
                line += (int) quoted.chars().filter(ch -> ch == '\n').count();
                at = close + 1;
                empty = false;
                if (at < text.length() && ",\r\n".indexOf(text.charAt(at)) < 0) {
                    throw new BadQuote(line);
                }
                continue;
            }
            if (c == ',') {
                fields.add(field.toString());
                field.setLength(0);
                empty = false;
            } else if (c == '\n') {
                if (!empty) {
                    fields.add(field.toString());
                    lines.add(new Line(start, List.copyOf(fields)));
                }
                fields.clear();
                field.setLength(0);
                empty = true;
                line++;
                start = line;
            } else if (c != '\r' || (at + 1 < text.length() && text.charAt(at + 1) != '\n')) {
                field.append(c);
                empty = false;
            }
            at++;
        }
        return lines;
    }

    private static int closing(String text, int from, int line) throws BadQuote {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) == '"') {
                if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
                    i++;
                } else {
                    return i;
                }
            }
        }
        throw new BadQuote(line);
    }

    /** A field as it is written, quoted where it must be. */
    static String quote(String field) {
        boolean plain = field.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? field : '"' + field.replace("\"", "\"\"") + '"';
    }
}
