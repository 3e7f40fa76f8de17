package dev.obverse.drn.prepare;

/**
 * Something that gave no pair.
 *
 * @param video the video's name
 * @param frame the frame's label; empty for the whole video
 * @param reason why, in words
 */
public record LeftOut(String video, String frame, String reason) {
    @Override
    public String toString() {
        return video + (frame.isEmpty() ? "" : " frame " + frame) + ": " + reason;
    }
}
