package dev.obverse.drn.prepare;

import dev.obverse.drn.data.RgbImage;
import java.io.IOException;
import java.nio.file.Path;

/** The pictures of a video, in order. */
public interface Frames {
    /** Opens a video file. */
    @FunctionalInterface
    interface Reader {
        /**
         * Makes its frames ready to be asked for.
         *
         * @throws UnreadableVideo in one sentence, if it is no video that can be read
         * @throws IOException in one sentence, if no video can be read on this machine
         */
        Frames open(Path file) throws IOException;
    }

    /** Takes a frame; the label is the same for the same moment of original and fake. */
    @FunctionalInterface
    interface Visitor {
        void frame(String label, RgbImage picture) throws IOException;
    }

    /**
     * How many frames further on the next one to take is, at least 1 and not always whole.
     *
     * @param perSecond frames wanted from each second
     */
    double step(double perSecond);

    /** Hands over the frames of the indices {@code round(i * step)}, counted from 0, to the end of the video. */
    void forEach(double step, Visitor visitor) throws IOException;

    /** A label for a frame of a video file. */
    static String label(long index) {
        return "%06d".formatted(index);
    }
}
