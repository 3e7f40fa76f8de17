package dev.obverse.drn.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.drn.data.RgbImage;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PicturesTest {
    /** Index of 256 and its colour in matplotlib 3.10's inferno. */
    private static final int[][] INFERNO = {
        {0, 0, 0, 4}, {10, 5, 4, 23}, {77, 108, 24, 110}, {100, 144, 37, 104},
        {141, 206, 67, 71}, {200, 251, 157, 7}, {243, 241, 239, 117}, {255, 252, 255, 164}
    };

    @Test
    void colourMapIsInferno() {
        for (int[] expected : INFERNO) {
            float[] colour = new float[3];
            Inferno.write(expected[0] / 255f, colour, 0);
            for (int c = 0; c < 3; c++) {
                assertEquals(expected[c + 1], colour[c] * 255, 7, Arrays.toString(expected));
            }
        }
    }

    @Test
    void maskIsDarkWhereNothingDiffersAndGrowsLighterWithTheDifference() {
        var a = new RgbImage(3, 1);
        var b = new RgbImage(3, 1, new float[] {0, 0, 0, 0.15f, 0, 0, 1, 1, 1});
        var mask = Mask.of(a, b);
        assertArrayEquals(new float[] {0, 0, 4 / 255f}, Arrays.copyOf(mask.rgb(), 3), 1e-6f);
        var quarter = new float[3];
        Inferno.write(0.25f, quarter, 0); // a mean difference of 0.05 of a full scale of 0.2
        assertArrayEquals(quarter, Arrays.copyOfRange(mask.rgb(), 3, 6), 1e-6f);
        assertArrayEquals(new float[] {252 / 255f, 1, 164 / 255f}, Arrays.copyOfRange(mask.rgb(), 6, 9), 1e-6f);
    }

    @Test
    void maskNamesSizesThatDiffer() {
        var e = assertThrows(IllegalArgumentException.class, () -> Mask.of(new RgbImage(2, 2), new RgbImage(3, 2)));
        var message = String.valueOf(e.getMessage());
        assertTrue(message.contains("2x2") && message.contains("3x2"), message);
    }

    @Test
    void gridShowsEveryPictureEnlargedUnderItsHeading() {
        var red = new RgbImage(64, 64);
        for (int i = 0; i < red.rgb().length; i += 3) {
            red.rgb()[i] = 1;
        }
        var sheet = new PictureGrid("a", "b")
                .row("first", new RgbImage(64, 64), red)
                .draw();
        assertEquals(6 + 2 * (128 + 6), sheet.width());
        // A pixel of the second picture, past margin, first picture and margin; and one of the paper.
        assertArrayEquals(new float[] {1, 0, 0}, pixel(sheet, 6 + 128 + 6 + 64, 25 + 64));
        assertArrayEquals(new float[] {1, 1, 1}, pixel(sheet, 3, 60));
        assertTrue(inked(sheet, 6, 6, 6, 13), "the heading 'a' is written");
        assertTrue(inked(sheet, 6, 25 + 128 + 2, 30, 13), "the caption 'first' is written");
    }

    @Test
    void gridRefusesRowsThatDoNotFit() {
        var grid = new PictureGrid("a", "b").row("", new RgbImage(8, 8), new RgbImage(8, 8));
        assertThrows(IllegalArgumentException.class, () -> grid.row("", new RgbImage(8, 8)));
        assertThrows(IllegalArgumentException.class, () -> grid.row("", new RgbImage(8, 8), new RgbImage(9, 8)));
        assertThrows(IllegalStateException.class, () -> new PictureGrid("a").draw());
    }

    private static float[] pixel(RgbImage image, int x, int y) {
        return new float[] {image.at(x, y, 0), image.at(x, y, 1), image.at(x, y, 2)};
    }

    private static boolean inked(RgbImage image, int left, int top, int width, int height) {
        for (int y = top; y < top + height; y++) {
            for (int x = left; x < left + width; x++) {
                if (image.at(x, y, 0) < 0.5f) {
                    return true;
                }
            }
        }
        return false;
    }
}
