package dev.obverse.drn.report;

import dev.obverse.drn.data.RgbImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Objects;
import javax.imageio.ImageIO;

/**
 * Writes small captions into pictures with X11's public-domain font "fixed" 6x13, kept as a picture of its 95 ASCII
 * characters: machines without a screen often have no fonts, and Java then cannot draw text at all.
 */
final class Caption {
    static final int CHARACTER_WIDTH = 6;
    static final int HEIGHT = 13;

    private static final String FONT = "captions-6x13.png";
    private static final int PER_ROW = 16;
    private static final boolean[][] INK = read();

    private Caption() {}

    private static boolean[][] read() {
        try (InputStream stream = Objects.requireNonNull(Caption.class.getResourceAsStream(FONT), FONT)) {
            var font = ImageIO.read(stream);
            var ink = new boolean[font.getHeight()][font.getWidth()];
            for (int y = 0; y < ink.length; y++) {
                for (int x = 0; x < ink[y].length; x++) {
                    ink[y][x] = (font.getRGB(x, y) & 255) > 127;
                }
            }
            return ink;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes text with its top left corner at x, y, cut where it would leave {@code width} pixels. */
    static void draw(RgbImage picture, String text, int x, int y, int width, float grey) {
        int length = Math.min(text.length(), width / CHARACTER_WIDTH);
        for (int i = 0; i < length; i++) {
            draw(picture, text.charAt(i), x + i * CHARACTER_WIDTH, y, grey);
        }
    }

    private static void draw(RgbImage picture, char character, int x, int y, float grey) {
        int code = character < ' ' || character > '~' ? '?' - ' ' : character - ' ';
        for (int dy = 0; dy < HEIGHT; dy++) {
            for (int dx = 0; dx < CHARACTER_WIDTH; dx++) {
                if (INK[code / PER_ROW * HEIGHT + dy][code % PER_ROW * CHARACTER_WIDTH + dx]) {
                    int at = ((y + dy) * picture.width() + x + dx) * 3;
                    Arrays.fill(picture.rgb(), at, at + 3, grey);
                }
            }
        }
    }
}
