package dev.obverse.drn.detect;

import dev.obverse.drn.data.FaceLandmarks.Point;
import java.util.List;

/**
 * A face that a detector found. Positions are in pixels of the picture it was given; (0,0) is the outer corner of the
 * first pixel, whose centre is (0.5,0.5). They may lie beyond the picture's border, where a face does.
 *
 * @param score how sure the detector is, 0 to 1
 * @param points leftEye, rightEye, noseTip, leftMouth, rightMouth; left and right are the image's
 */
public record DetectedFace(double score, double left, double top, double right, double bottom, List<Point> points) {
    public DetectedFace {
        points = List.copyOf(points);
        if (points.size() != 5) {
            throw new IllegalArgumentException("A detected face has 5 points, not " + points.size());
        }
    }

    public double width() {
        return right - left;
    }

    public double height() {
        return bottom - top;
    }

    /** Of the box, in square pixels. */
    public double area() {
        return width() * height();
    }

    /** The part of both boxes' union that lies in both, 0 to 1 (intersection over union). */
    double overlap(DetectedFace other) {
        double across = Math.min(right, other.right) - Math.max(left, other.left);
        double down = Math.min(bottom, other.bottom) - Math.max(top, other.top);
        double shared = Math.max(0, across) * Math.max(0, down);
        return shared / (area() + other.area() - shared);
    }

    /** Whether every position is a number and the box has a size; networks can answer anything. */
    boolean isReal() {
        return width() > 0
                && height() > 0
                && Double.isFinite(area())
                && points.stream().allMatch(p -> Double.isFinite(p.x()) && Double.isFinite(p.y()));
    }
}
