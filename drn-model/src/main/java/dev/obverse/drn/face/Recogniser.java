package dev.obverse.drn.face;

import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Turns pictures of faces into vectors: those of one person lie close together by
 * {@linkplain dev.obverse.nn.metric.Cosine cosine}, those of different people do not.
 *
 * <p>A recogniser is frozen and may be used by many threads at once.
 */
public interface Recogniser {
    /** A short name for reports. */
    String name();

    /** Length of the vectors. */
    int embeddingLength();

    /**
     * SHA-256, in hexadecimal, of everything that decides the vectors: weights, architecture and preprocessing. Two
     * recognisers with the same fingerprint are the same.
     */
    String fingerprint();

    /**
     * The vectors of square pictures, which the recogniser scales to the size it needs. Nothing is recorded for a
     * gradient, and the vectors are as long as the network makes them, not 1.
     *
     * @param faces {@code [N,S,S,3]}, red, green, blue, display-encoded, values in [0,1]
     * @return {@code [N,embeddingLength]}, on the device of {@code faces}
     * @throws IllegalArgumentException for another shape
     */
    Tensor embed(Tensor faces);

    /** Writes a folder from which {@link Recognisers#load} reads this recogniser; it is made if need be. */
    void save(Path folder) throws IOException;
}
