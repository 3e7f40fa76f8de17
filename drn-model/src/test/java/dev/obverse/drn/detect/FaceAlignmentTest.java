package dev.obverse.drn.detect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.obverse.drn.data.FaceLandmarks.Point;
import dev.obverse.drn.data.RgbImage;
import dev.obverse.drn.data.Similarity;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaceAlignmentTest {
    /** InsightFace's arcface_dst: positions in 112x112 pixels, 0 the middle of the first. */
    private static final List<Point> ARCFACE = List.of(
            new Point(38.2946, 51.6963),
            new Point(73.5318, 51.5014),
            new Point(56.0252, 71.7366),
            new Point(41.5493, 92.3655),
            new Point(70.7299, 92.2041));

    private static RgbImage picture(int width, int height) {
        var picture = new RgbImage(width, height);
        for (int i = 0; i < picture.rgb().length; i++) {
            int x = i / 3 % width;
            int y = i / 3 / width;
            picture.rgb()[i] = (x * 7 + y * 13 + i % 3 * 5) * 37 % 251 / 255f;
        }
        return picture;
    }

    /** Against PyTorch's grid_sample: turned, enlarged, beyond the edge, and made smaller. */
    @Test
    void cropsAreBilinear() throws IOException {
        try (var file = getClass().getResourceAsStream("alignment.json")) {
            var golden = new JsonMapper().readTree(file);
            var picture =
                    picture(golden.get("width").intValue(), golden.get("height").intValue());
            int size = golden.get("size").intValue();
            for (var given : golden.get("cases")) {
                var toCrop = new Similarity(
                        given.get("a").doubleValue(),
                        given.get("b").doubleValue(),
                        given.get("dx").doubleValue(),
                        given.get("dy").doubleValue());
                var crop = FaceAlignment.crop(picture, toCrop, size).rgb();
                for (int i = 0; i < crop.length; i++) {
                    assertEquals(given.get("crop").get(i).doubleValue(), crop[i], 2e-6, toCrop + " value " + i);
                }
            }
        }
    }

    /** As the design of recognisers wants it: rows 0 to 111 and columns 8 to 119 are their 112x112 pixels. */
    @Test
    void aCropOf128HoldsTheRecognisersPixels() {
        var face = picture(112, 112);
        var points =
                ARCFACE.stream().map(p -> new Point(p.x() + 0.5, p.y() + 0.5)).toList();
        var crop = FaceAlignment.crop(face, FaceAlignment.of(points, 128), 128);
        var inner = new float[3 * 112 * 112];
        for (int y = 0; y < 112; y++) {
            System.arraycopy(crop.rgb(), (y * 128 + 8) * 3, inner, y * 112 * 3, 112 * 3);
        }
        assertArrayEquals(face.rgb(), inner, 1e-5f);
    }

    @Test
    void otherSizesShowTheSamePart() {
        var points = ARCFACE.stream().map(p -> new Point(3 * p.x(), 3 * p.y())).toList();
        var large = FaceAlignment.of(points, 128);
        var small = FaceAlignment.of(points, 64);
        for (var point : points) {
            assertEquals(large.apply(point).x() / 2, small.apply(point).x(), 1e-9);
            assertEquals(large.apply(point).y() / 2, small.apply(point).y(), 1e-9);
        }
    }
}
