package dev.obverse.drn.detect;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Keeps the best of the boxes that a detector draws around one face. */
final class NonMaximumSuppression {
    /** OpenCV's {@code top_k}: bounds the time that a picture, or a bad file, can take. */
    private static final int MOST = 5000;

    private NonMaximumSuppression() {}

    /**
     * The faces, best score first, less those that overlap a better one by more than {@code most} (intersection over
     * union).
     *
     * <p>InsightFace adds a pixel to every side and OpenCV cuts boxes to whole pixels before comparing. Here the boxes
     * are taken as they are, so that the result does not depend on the picture's scale.
     */
    static List<DetectedFace> keep(List<DetectedFace> faces, double most) {
        var kept = new ArrayList<DetectedFace>();
        faces.stream()
                .sorted(Comparator.comparingDouble(DetectedFace::score).reversed())
                .limit(MOST)
                .filter(face -> kept.stream().allMatch(better -> face.overlap(better) <= most))
                .forEachOrdered(kept::add);
        return List.copyOf(kept);
    }
}
