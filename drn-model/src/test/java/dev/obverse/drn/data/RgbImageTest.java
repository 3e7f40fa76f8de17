package dev.obverse.drn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RgbImageTest {
    @TempDir
    Path folder;

    private static RgbImage noise(int width, int height, long seed) {
        var random = new SplittableRandom(seed);
        var image = new RgbImage(width, height);
        for (int i = 0; i < image.rgb().length; i++) {
            image.rgb()[i] = (float) random.nextDouble();
        }
        return image;
    }

    @ParameterizedTest
    @CsvSource({"1,1", "7,5", "64,64", "3,200"})
    void pngKeepsEightBits(int width, int height) throws IOException {
        var image = noise(width, height, 1);
        var file = folder.resolve("sub/a.png");
        image.writePng(file);
        var back = RgbImage.read(file);
        assertArrayEquals(image.quantised().rgb(), back.rgb());
        assertEquals(width, back.width());
        try (var left = Files.list(file.getParent())) {
            assertEquals(1, left.count(), "no temporary file may stay behind");
        }
    }

    @Test
    void quantisingTwiceChangesNothing() {
        var once = noise(9, 4, 2).quantised();
        assertArrayEquals(once.rgb(), once.quantised().rgb());
    }

    @Test
    void valuesOutsideTheRangeAreClampedInFiles() throws IOException {
        var file = folder.resolve("a.png");
        new RgbImage(1, 1, new float[] {-3, 2, Float.NaN}).writePng(file);
        assertArrayEquals(new float[] {0, 1, 0}, RgbImage.read(file).rgb());
    }

    @Test
    void greyPicturesAreNotBrightened() throws IOException {
        var grey = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        grey.getRaster().setSample(0, 0, 0, 128);
        grey.getRaster().setSample(1, 0, 0, 17);
        assertArrayEquals(
                new float[] {128 / 255f, 128 / 255f, 128 / 255f, 17 / 255f, 17 / 255f, 17 / 255f},
                written(grey, "png").rgb());
    }

    @Test
    void sixteenBitsAreKept() throws IOException {
        var grey = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
        grey.getRaster().setSample(0, 0, 0, 12345);
        assertEquals(12345 / 65535f, written(grey, "png").at(0, 0, 1));
    }

    @Test
    void transparencyShowsWhite() throws IOException {
        var image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 0, 0x00ff0000);
        image.setRGB(1, 0, 0x80000000);
        var read = written(image, "png");
        assertArrayEquals(new float[] {1, 1, 1}, Arrays.copyOf(read.rgb(), 3));
        assertEquals(127 / 255f, read.at(1, 0, 2), 1e-6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp", "gif"})
    void palettesAreLookedUp(String format) throws IOException {
        var image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_INDEXED);
        image.setRGB(0, 0, 0xffff0000);
        image.setRGB(1, 0, 0xff00ff00);
        assertArrayEquals(new float[] {1, 0, 0, 0, 1, 0}, written(image, format).rgb());
    }

    @Test
    void jpegIsNearTheOriginal() throws IOException {
        var image = noise(4, 4, 3).resize(64, 64);
        var file = folder.resolve("a.jpg");
        ImageIO.write(image.toBuffered(), "jpeg", file.toFile());
        assertTrue(Pictures.psnr(image, RgbImage.read(file)) > 30);
        assertTrue(Pictures.psnr(image, image.jpeg(0.95)) > Pictures.psnr(image, image.jpeg(0.3)));
        assertThrows(IllegalArgumentException.class, () -> image.jpeg(1.1));
    }

    private RgbImage written(BufferedImage image, String format) throws IOException {
        var file = folder.resolve("x." + format);
        assertTrue(ImageIO.write(image, format, file.toFile()));
        return RgbImage.read(file);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "P2 # a comment\n2 1\n# another\n100\n0 50\n",
                "P5 2 1 100\n\u00002",
                "P5\n2 1\n1000\n\u0000\u0000\u0001\u00f4",
                "P3 2 1 100 0 0 0 50 50 50",
                "P6 2 1 100\n\u0000\u0000\u0000222",
            })
    void netpbm(String content) throws IOException {
        var file = folder.resolve("a.pgm");
        Files.write(file, content.getBytes(StandardCharsets.ISO_8859_1));
        assertArrayEquals(
                new float[] {0, 0, 0, .5f, .5f, .5f}, RgbImage.read(file).rgb());
    }

    @ParameterizedTest
    @ValueSource(strings = {"P1 3 1\n01 0", "P4 3 1\n@"})
    void bitmapsHaveBlackOnes(String content) throws IOException {
        var file = folder.resolve("a.pbm");
        Files.write(file, content.getBytes(StandardCharsets.ISO_8859_1));
        assertArrayEquals(
                new float[] {1, 1, 1, 0, 0, 0, 1, 1, 1}, RgbImage.read(file).rgb());
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg", "gif", "bmp", "pgm", "ppm"})
    void everyTruncationIsAnError(String format) throws IOException {
        var whole = folder.resolve("whole." + format);
        switch (format) {
            case "pgm" -> Files.writeString(whole, "P5 6 5 255\n" + "x".repeat(30));
            case "ppm" -> Files.writeString(whole, "P3 3 2 9\n" + "1 ".repeat(17) + "2");
            default -> ImageIO.write(noise(6, 5, 4).toBuffered(), format, whole.toFile());
        }
        RgbImage.read(whole);
        byte[] bytes = Files.readAllBytes(whole);
        var cut = folder.resolve("cut." + format);
        for (int length = 0; length < bytes.length; length++) {
            Files.write(cut, Arrays.copyOf(bytes, length));
            var thrown = assertThrows(DataException.class, () -> RgbImage.read(cut), "cut to " + length + " bytes");
            assertSentence(thrown, cut);
        }
    }

    @Test
    void flippedBitsOfPngAreAnError() throws IOException {
        var file = folder.resolve("a.png");
        noise(8, 8, 5).writePng(file);
        byte[] bytes = Files.readAllBytes(file);
        for (int i = 0; i < bytes.length; i += 3) {
            byte[] bad = bytes.clone();
            bad[i] ^= 0x10;
            Files.write(file, bad);
            assertSentence(assertThrows(DataException.class, () -> RgbImage.read(file)), file);
        }
    }

    @Test
    void errorsSayWhatIsWrong() throws IOException {
        assertError("does not exist", folder.resolve("none.png"));
        assertError("is a folder", folder);
        var file = folder.resolve("a.png");
        Files.write(file, new byte[0]);
        assertError("is empty (0 bytes)", file);
        Files.writeString(file, "This is no picture at all.");
        assertError("is not a picture that can be read; expected PNG, JPEG, BMP, GIF, PGM or PPM", file);
        Files.writeString(file, "P5 100 100 255\nabc");
        assertError("10000 bytes of pixels expected, 3 found", file);
        Files.writeString(file, "P2 2 1 9\n3 11");
        assertError("a value of 11 exceeds its own maximum of 9", file);
        Files.writeString(file, "P5 99999999 99999999 255\nabc");
        assertError("cut short", file);
    }

    private static void assertError(String part, Path file) {
        var thrown = assertThrows(DataException.class, () -> RgbImage.read(file));
        assertSentence(thrown, file);
        assertTrue(thrown.getMessage().contains(part), thrown.getMessage());
    }

    private static void assertSentence(DataException thrown, Path file) {
        assertTrue(thrown.getMessage().contains(file.toString()), thrown.getMessage());
        assertEquals(1, thrown.getMessage().lines().count(), thrown.getMessage());
    }

    @Test
    void writingWhereNoFolderCanBeIsAnError() throws IOException {
        var blocker = folder.resolve("file");
        Files.writeString(blocker, "x");
        var target = blocker.resolve("a.png");
        assertSentence(assertThrows(DataException.class, () -> noise(2, 2, 1).writePng(target)), target);
    }

    @ParameterizedTest
    @CsvSource({"12,8,5,3", "12,8,24,16", "12,8,1,1", "1,1,4,4", "12,8,4,16", "7,5,7,11", "100,90,33,64"})
    void resizingKeepsAFlatPictureFlat(int w, int h, int newW, int newH) {
        var flat = new RgbImage(w, h);
        Arrays.fill(flat.rgb(), 0.37f);
        var resized = flat.resize(newW, newH);
        assertEquals(newW, resized.width());
        assertEquals(newH, resized.height());
        for (float value : resized.rgb()) {
            assertEquals(0.37f, value, 1e-6);
        }
    }

    @ParameterizedTest
    @CsvSource({"12,8,5,3", "64,64,32,32", "9,9,4,5", "31,17,30,1"})
    void shrinkingKeepsTheMean(int w, int h, int newW, int newH) {
        var image = noise(w, h, 6);
        assertEquals(mean(image), mean(image.resize(newW, newH)), 1e-5);
    }

    @Test
    void halvingAveragesAndDoublingInterpolates() {
        var image = new RgbImage(2, 1, new float[] {0, 0, 0, 1, 1, 1});
        assertArrayEquals(new float[] {.5f, .5f, .5f}, image.resize(1, 1).rgb());
        var grown = image.resize(4, 1);
        assertArrayEquals(
                new float[] {0, .25f, .75f, 1},
                new float[] {grown.at(0, 0, 0), grown.at(1, 0, 0), grown.at(2, 0, 0), grown.at(3, 0, 0)});
    }

    private static double mean(RgbImage image) {
        double sum = 0;
        for (float value : image.rgb()) {
            sum += value;
        }
        return sum / image.rgb().length;
    }

    @Test
    void wrongSizesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new RgbImage(0, 3));
        var thrown = assertThrows(IllegalArgumentException.class, () -> new RgbImage(2, 2, new float[11]));
        assertEquals("A 2x2 image needs 12 values (height x width x 3), not 11", thrown.getMessage());
        assertThrows(IllegalArgumentException.class, () -> new RgbImage(2, 2).resize(0, 1));
    }
}
