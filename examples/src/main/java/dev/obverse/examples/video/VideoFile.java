package dev.obverse.examples.video;

import dev.obverse.drn.prepare.Frames;
import dev.obverse.drn.prepare.UnreadableVideo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A video file, decoded by FFmpeg from its beginning to its end each time its frames are asked for. Frames are as they
 * were recorded: a phone's note that they are to be shown turned is not followed.
 */
public final class VideoFile implements Frames {
    private final Path file;
    private final double framesPerSecond;

    private VideoFile(Path file, double framesPerSecond) {
        this.file = file;
        this.framesPerSecond = framesPerSecond;
    }

    /**
     * Opens a video, and closes it again: it stays a file.
     *
     * @throws UnreadableVideo if it does not exist or FFmpeg cannot read it
     * @throws IOException if FFmpeg itself cannot be loaded
     */
    public static VideoFile open(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new UnreadableVideo("There is no video " + file);
        }
        try (var decoder = new Decoder(file)) {
            return new VideoFile(file, decoder.framesPerSecond());
        } catch (LinkageError e) {
            throw new IOException(
                    "FFmpeg's libraries cannot be loaded on this machine (" + e.getMessage()
                            + "): cut the videos into folders of frames, which are read without it",
                    e);
        }
    }

    /** The mean over the video, as its container says. */
    public double framesPerSecond() {
        return framesPerSecond;
    }

    @Override
    public double step(double perSecond) {
        return Math.max(1, framesPerSecond / perSecond);
    }

    @Override
    public void forEach(double step, Visitor visitor) throws IOException {
        try (var decoder = new Decoder(file)) {
            long wanted = 0;
            for (long index = 0; decoder.next(); index++) {
                if (index == Math.round(wanted * step)) {
                    visitor.frame(Frames.label(index), decoder.picture());
                    wanted++;
                }
            }
        }
    }
}
