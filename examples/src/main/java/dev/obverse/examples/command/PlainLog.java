package dev.obverse.examples.command;

import java.io.PrintWriter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** What the library modules log, as plain lines on stderr: their messages say all there is to say. */
public final class PlainLog extends Handler {
    private static final SimpleFormatter FORMATTER = new SimpleFormatter();

    private final PrintWriter err;

    private PlainLog(PrintWriter err) {
        this.err = err;
    }

    /** Takes the place of all handlers there are. */
    public static void to(PrintWriter err) {
        LogManager.getLogManager().reset();
        var root = Logger.getLogger("");
        root.setLevel(Level.INFO);
        root.addHandler(new PlainLog(err));
    }

    @Override
    public void publish(LogRecord entry) {
        if (isLoggable(entry)) {
            var prefix = entry.getLevel().intValue() >= Level.WARNING.intValue() ? "warning: " : "";
            Progress.aboveBar(err, prefix + FORMATTER.formatMessage(entry));
        }
    }

    @Override
    public void flush() {
        err.flush();
    }

    @Override
    public void close() {}
}
