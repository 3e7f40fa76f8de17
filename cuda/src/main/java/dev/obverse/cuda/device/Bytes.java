package dev.obverse.cuda.device;

import java.util.Locale;

/** Sizes of memory for people. */
public final class Bytes {
    private Bytes() {}

    /** {@code 3.2 MiB}, for instance. */
    public static String text(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        int power = Math.min(4, (63 - Long.numberOfLeadingZeros(bytes)) / 10);
        return String.format(Locale.ROOT, "%.1f %siB", bytes / (double) (1L << (10 * power)), "KMGT".charAt(power - 1));
    }
}
