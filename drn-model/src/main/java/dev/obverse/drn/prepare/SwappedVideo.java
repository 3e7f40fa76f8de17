package dev.obverse.drn.prepare;

import dev.obverse.drn.data.Split;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A video in which a face was swapped, and the genuine one it was made from: files, or folders of frames.
 *
 * @param name what no other swapped video of the data set is called; folders are separated by {@code /}
 * @param fake the swapped video
 * @param originalName the name of the genuine one, which several swapped ones may share
 * @param original the genuine video
 * @param originalId who is in it
 * @param donorId whose face was pasted
 * @param official the side that the data set's authors put it on; null if they did not say
 */
public record SwappedVideo(
        String name,
        Path fake,
        String originalName,
        Path original,
        String originalId,
        String donorId,
        @Nullable Split official) {}
