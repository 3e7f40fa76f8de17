package dev.obverse.drn.detect;

import dev.obverse.drn.data.FaceLandmarks.Point;
import dev.obverse.drn.data.RgbImage;
import dev.obverse.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * SCRFD with keypoints, InsightFace's detector (J. Guo and others, <i>Sample and Computation Redistribution for
 * Efficient Face Detection</i>). At each place of each stride are two anchors, whose box is four distances from the
 * anchor's centre, left, top, right and bottom, and whose points are five displacements, in strides.
 *
 * @param width of the canvas, in pixels
 * @param height of the canvas, in pixels
 */
record ScrfdHead(int width, int height, List<Level> levels) implements DetectorHead {
    /** Of InsightFace's {@code SCRFD.detect}. */
    static final double SCORE = 0.5;

    /** Of InsightFace's {@code SCRFD}. */
    static final double OVERLAP = 0.4;

    private static final int ANCHORS = 2;

    /** The names of a stride's outputs {@code [n,1]}, {@code [n,4]} and {@code [n,10]}. */
    record Level(int stride, String scores, String boxes, String points) {}

    /** Told by the shapes of its nine outputs, as most exports number them; null if that is not what they are. */
    static @Nullable ScrfdHead of(Map<String, Tensor> outputs, int width, int height) {
        var levels = new ArrayList<Level>();
        for (int stride : STRIDES) {
            int rows = (width / stride) * (height / stride) * ANCHORS;
            var scores = named(outputs, rows, 1);
            var boxes = named(outputs, rows, 4);
            var points = named(outputs, rows, 10);
            if (scores == null || boxes == null || points == null) {
                return null;
            }
            levels.add(new Level(stride, scores, boxes, points));
        }
        return outputs.size() == 3 * STRIDES.size() ? new ScrfdHead(width, height, List.copyOf(levels)) : null;
    }

    private static @Nullable String named(Map<String, Tensor> outputs, int rows, int columns) {
        for (var output : outputs.entrySet()) {
            var y = output.getValue();
            if (y.rank() > 1 && y.dim(y.rank() - 1) == columns && y.size() == rows * columns) {
                return output.getKey();
            }
        }
        return null;
    }

    @Override
    public Letterbox place(RgbImage picture) {
        return Letterbox.fit(picture, width, height);
    }

    @Override
    public float[] planes(RgbImage picture, Letterbox place) {
        return place.planes(picture, false, 127.5f, 128);
    }

    @Override
    public List<DetectedFace> faces(Map<String, Tensor> outputs, Letterbox place) {
        var faces = new ArrayList<DetectedFace>();
        for (var level : levels) {
            float[] scores = DetectorHead.values(outputs, level.scores);
            float[] boxes = DetectorHead.values(outputs, level.boxes);
            float[] points = DetectorHead.values(outputs, level.points);
            int across = width / level.stride;
            for (int i = 0; i < scores.length; i++) {
                if (scores[i] >= SCORE) {
                    int column = i / ANCHORS % across;
                    int row = i / ANCHORS / across;
                    var centre = new Point(column, row);
                    faces.add(face(scores[i], centre, level.stride, boxes, 4 * i, points, 10 * i, place));
                }
            }
        }
        faces.removeIf(face -> !face.isReal());
        return faces;
    }

    private static DetectedFace face(
            double score,
            Point centre,
            int stride,
            float[] boxes,
            int box,
            float[] points,
            int point,
            Letterbox place) {
        var first = place.inPicture((centre.x() - boxes[box]) * stride, (centre.y() - boxes[box + 1]) * stride);
        var last = place.inPicture((centre.x() + boxes[box + 2]) * stride, (centre.y() + boxes[box + 3]) * stride);
        var five = DetectorHead.fivePoints(centre, stride, points, point, place);
        return new DetectedFace(score, first.x(), first.y(), last.x(), last.y(), five);
    }

    @Override
    public double mostOverlap() {
        return OVERLAP;
    }

    @Override
    public String toString() {
        return "SCRFD " + width + "x" + height + ", score " + SCORE + ", overlap " + OVERLAP;
    }
}
