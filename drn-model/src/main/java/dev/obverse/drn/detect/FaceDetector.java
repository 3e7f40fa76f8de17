package dev.obverse.drn.detect;

import dev.obverse.drn.data.RgbImage;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds faces. Many threads may use one at once. */
public interface FaceDetector {
    /** The faces of a picture, best score first, of those that overlap the best only; empty if there are none. */
    List<DetectedFace> detect(RgbImage picture);

    /**
     * The face with the largest box, which in a portrait or an interview is who it is about; empty if there is none.
     */
    default Optional<DetectedFace> largest(RgbImage picture) {
        return detect(picture).stream().max(Comparator.comparingDouble(DetectedFace::area));
    }

    /** For people to read. */
    String name();

    /** SHA-256, in hexadecimal, of everything that results depend on. */
    String fingerprint();
}
