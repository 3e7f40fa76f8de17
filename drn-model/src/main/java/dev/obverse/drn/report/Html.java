package dev.obverse.drn.report;

import dev.obverse.drn.data.RgbImage;
import java.util.Base64;

/** Pieces of HTML. */
final class Html {
    private Html() {}

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** An {@code img} element that holds its picture. */
    static String picture(RgbImage picture, String description) {
        return "<img alt=\"%s\" width=\"%d\" height=\"%d\" src=\"data:image/png;base64,%s\">"
                .formatted(
                        escape(description),
                        picture.width(),
                        picture.height(),
                        Base64.getEncoder().encodeToString(picture.png()));
    }
}
