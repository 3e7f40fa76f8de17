package dev.obverse.drn.detect;

import dev.obverse.drn.data.FaceLandmarks.Point;
import dev.obverse.drn.data.RgbImage;
import dev.obverse.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * YuNet, OpenCV's detector (W. Wu, H. Peng and S. Yu, <i>YuNet: A Tiny Millisecond-level Face Detector</i>), decoded as
 * its {@code FaceDetectorYN} does. A place of a stride has a class score and an objectness, the box's centre from the
 * place and the logarithms of its sides, and five points from the place, in strides. OpenCV calls the first point the
 * right eye, the person's, which is the image's left.
 *
 * <p>It was trained for faces of about 10 to 300 pixels, as OpenCV Zoo says: large pictures are scaled down, but none
 * up.
 *
 * @param width of the largest canvas, in pixels
 * @param height of the largest canvas, in pixels
 * @param anySize whether the network also takes smaller canvases
 */
record YuNetHead(int width, int height, boolean anySize) implements DetectorHead {
    /**
     * The default of OpenCV Zoo's {@code yunet.py}. That of {@code FaceDetectorYN}, 0.9, costs faces; here a doubtful
     * one costs little, as the best come first and a face that is left out cannot be asked for.
     */
    static final double SCORE = 0.6;

    /** The default of {@code FaceDetectorYN}. */
    static final double OVERLAP = 0.3;

    /** As {@code FaceDetectorYN} pads pictures, so that every stride divides them. */
    private static final int DIVISOR = 32;

    /** Whether these are its outputs for one picture. */
    static boolean fits(Map<String, Tensor> outputs, int width, int height) {
        return STRIDES.stream().allMatch(stride -> {
            int places = (width / stride) * (height / stride);
            return holds(outputs, "cls_" + stride, places)
                    && holds(outputs, "obj_" + stride, places)
                    && holds(outputs, "bbox_" + stride, 4 * places)
                    && holds(outputs, "kps_" + stride, 10 * places);
        });
    }

    private static boolean holds(Map<String, Tensor> outputs, String name, int size) {
        var y = outputs.get(name);
        return y != null && y.size() == size;
    }

    @Override
    public Letterbox place(RgbImage picture) {
        var place = Letterbox.shrink(picture, width, height);
        return anySize ? place.cropped(DIVISOR) : place;
    }

    @Override
    public float[] planes(RgbImage picture, Letterbox place) {
        return place.planes(picture, true, 0, 1);
    }

    @Override
    public List<DetectedFace> faces(Map<String, Tensor> outputs, Letterbox place) {
        var faces = new ArrayList<DetectedFace>();
        for (int stride : STRIDES) {
            float[] classes = DetectorHead.values(outputs, "cls_" + stride);
            float[] objects = DetectorHead.values(outputs, "obj_" + stride);
            float[] boxes = DetectorHead.values(outputs, "bbox_" + stride);
            float[] points = DetectorHead.values(outputs, "kps_" + stride);
            int across = place.width() / stride;
            for (int i = 0; i < classes.length; i++) {
                double score = Math.sqrt(Math.clamp(classes[i], 0d, 1d) * Math.clamp(objects[i], 0d, 1d));
                if (score >= SCORE) {
                    int column = i % across;
                    int row = i / across;
                    var corner = new Point(column, row);
                    faces.add(face(score, corner, stride, boxes, 4 * i, points, 10 * i, place));
                }
            }
        }
        faces.removeIf(face -> !face.isReal());
        return faces;
    }

    private static DetectedFace face(
            double score,
            Point corner,
            int stride,
            float[] boxes,
            int box,
            float[] points,
            int point,
            Letterbox place) {
        double x = corner.x() + boxes[box];
        double y = corner.y() + boxes[box + 1];
        double halfWidth = Math.exp(boxes[box + 2]) / 2;
        double halfHeight = Math.exp(boxes[box + 3]) / 2;
        var first = place.inPicture((x - halfWidth) * stride, (y - halfHeight) * stride);
        var last = place.inPicture((x + halfWidth) * stride, (y + halfHeight) * stride);
        var five = DetectorHead.fivePoints(corner, stride, points, point, place);
        return new DetectedFace(score, first.x(), first.y(), last.x(), last.y(), five);
    }

    @Override
    public double mostOverlap() {
        return OVERLAP;
    }

    @Override
    public String toString() {
        return "YuNet " + (anySize ? "up to " : "") + width + "x" + height + ", score " + SCORE + ", overlap "
                + OVERLAP;
    }
}
