package dev.obverse.drn.detect;

import dev.obverse.drn.data.FaceLandmarks.Point;
import dev.obverse.drn.data.RgbImage;
import dev.obverse.drn.data.Similarity;
import java.util.Arrays;
import java.util.List;

/**
 * Brings a face into the place where networks expect it: the similarity transform that brings its five points nearest
 * to those of InsightFace's template, which is moved 8 pixels to the right in a crop of 128. Rows 0 to 111 and columns
 * 8 to 119 of that crop are then the 112x112 pixels that recognisers such as ArcFace's take.
 */
public final class FaceAlignment {
    /** Of a picture of 112x112, as distances from the middle of the first pixel: insightface.utils.face_align. */
    private static final double[][] TEMPLATE = {
        {38.2946, 51.6963}, {73.5318, 51.5014}, {56.0252, 71.7366}, {41.5493, 92.3655}, {70.7299, 92.2041}
    };

    private static final double SHIFT = 8;
    private static final double SIDE = 128;

    private FaceAlignment() {}

    /**
     * The template's points in a crop of a size, in the order of {@link DetectedFace#points}.
     *
     * @param size side of the crop in pixels, 8 to 1024
     */
    public static List<Point> template(int size) {
        if (size < 8 || size > 1024) {
            throw new IllegalArgumentException("The size of a crop must be 8 to 1024 pixels, not " + size);
        }
        return Arrays.stream(TEMPLATE)
                // the half pixel makes distances from the first pixel's corner out of those from its middle
                .map(p -> new Point((p[0] + SHIFT + 0.5) * size / SIDE, (p[1] + 0.5) * size / SIDE))
                .toList();
    }

    /** The transform from a picture to its crop of a size, for a face whose five points are given. */
    public static Similarity of(List<Point> points, int size) {
        return Similarity.fit(points, template(size));
    }

    /**
     * The crop: bilinear, black beyond the picture's edge. Where the crop has fewer pixels than the face, each is the
     * mean of a grid of samples no further apart than the picture's pixels, so that no detail turns into noise.
     *
     * @param toCrop from positions in the picture to those in the crop
     */
    public static RgbImage crop(RgbImage picture, Similarity toCrop, int size) {
        var back = toCrop.inverse();
        int grid = (int) Math.ceil(Math.hypot(back.a(), back.b()) - 1e-6);
        var crop = new RgbImage(size, size);
        float share = 1f / (grid * grid);
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                int to = (y * size + x) * 3;
                for (int row = 0; row < grid; row++) {
                    for (int column = 0; column < grid; column++) {
                        var at = back.apply(new Point(x + (column + 0.5) / grid, y + (row + 0.5) / grid));
                        addSample(picture, at.x() - 0.5, at.y() - 0.5, share, crop.rgb(), to);
                    }
                }
            }
        }
        return crop;
    }

    /** Adds a share of the bilinear value at a distance from the first pixel's middle. */
    private static void addSample(RgbImage picture, double x, double y, float share, float[] rgb, int to) {
        int left = (int) Math.floor(x);
        int top = (int) Math.floor(y);
        float right = (float) (x - left);
        float below = (float) (y - top);
        add(picture, left, top, share * (1 - right) * (1 - below), rgb, to);
        add(picture, left + 1, top, share * right * (1 - below), rgb, to);
        add(picture, left, top + 1, share * (1 - right) * below, rgb, to);
        add(picture, left + 1, top + 1, share * right * below, rgb, to);
    }

    private static void add(RgbImage picture, int x, int y, float weight, float[] rgb, int to) {
        if (x >= 0 && y >= 0 && x < picture.width() && y < picture.height()) {
            int from = (y * picture.width() + x) * 3;
            rgb[to] += weight * picture.rgb()[from];
            rgb[to + 1] += weight * picture.rgb()[from + 1];
            rgb[to + 2] += weight * picture.rgb()[from + 2];
        }
    }
}
