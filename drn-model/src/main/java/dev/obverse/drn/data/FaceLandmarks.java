package dev.obverse.drn.data;

import java.util.List;

/**
 * Where the parts of a face lie in an image, in pixels; (0,0) is the outer corner of the first pixel. Left and right
 * are the image's.
 *
 * @param leftEye middle of the eye
 * @param rightEye middle of the eye
 * @param noseTip tip of the nose
 * @param leftMouth corner of the mouth
 * @param rightMouth corner of the mouth
 * @param leftBrow middle of the eyebrow
 * @param rightBrow middle of the eyebrow
 * @param chin lowest point of the chin
 */
public record FaceLandmarks(
        Point leftEye,
        Point rightEye,
        Point noseTip,
        Point leftMouth,
        Point rightMouth,
        Point leftBrow,
        Point rightBrow,
        Point chin) {

    /** A position in pixels, {@code x} to the right, {@code y} down. */
    public record Point(double x, double y) {}

    /** The five points that face alignment uses, in its usual order. */
    public List<Point> fivePoints() {
        return List.of(leftEye, rightEye, noseTip, leftMouth, rightMouth);
    }
}
