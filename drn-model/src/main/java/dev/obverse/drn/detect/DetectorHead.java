package dev.obverse.drn.detect;

import dev.obverse.drn.data.FaceLandmarks.Point;
import dev.obverse.drn.data.RgbImage;
import dev.obverse.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What a family of detectors wants to see, and what its outputs mean. */
sealed interface DetectorHead permits ScrfdHead, YuNetHead {
    /** Pixels of the canvas along which both families have one place for faces each, fine to coarse. */
    List<Integer> STRIDES = List.of(8, 16, 32);

    /** How a picture goes onto the network's canvas. */
    Letterbox place(RgbImage picture);

    /** The input {@code [3,height,width]}. */
    float[] planes(RgbImage picture, Letterbox place);

    /** All faces above the threshold, several for one face, in no order. */
    List<DetectedFace> faces(Map<String, Tensor> outputs, Letterbox place);

    /** The overlap from which on two boxes are of the same face. */
    double mostOverlap();

    /** The values of an output that is known to be there. */
    static float[] values(Map<String, Tensor> outputs, String name) {
        return Objects.requireNonNull(outputs.get(name), name).toArray();
    }

    /**
     * Five points in the picture, which both families give as displacements from an anchor.
     *
     * @param anchor its column and row on the canvas, in strides
     * @param displacements x and y by turns, in strides, from index {@code first} on
     */
    static List<Point> fivePoints(Point anchor, int stride, float[] displacements, int first, Letterbox place) {
        var five = new ArrayList<Point>();
        for (int i = first; i < first + 10; i += 2) {
            five.add(place.inPicture(
                    (anchor.x() + displacements[i]) * stride, (anchor.y() + displacements[i + 1]) * stride));
        }
        return five;
    }
}
