package dev.obverse.drn.prepare;

import dev.obverse.drn.detect.FaceAlignment;

/**
 * Which pictures are taken of a video.
 *
 * @param framesPerSecond more than 0; videos that are folders of frames are taken whole
 * @param size side of the crops in pixels, 8 to 1024
 */
public record Sampling(double framesPerSecond, int size) {
    public Sampling {
        if (!(framesPerSecond > 0 && framesPerSecond <= 1000)) {
            throw new IllegalArgumentException(
                    "Frames per second must be more than 0 and at most 1000, not " + framesPerSecond);
        }
        FaceAlignment.template(size); // refuses sizes
    }
}
