package dev.obverse.drn.prepare;

import dev.obverse.drn.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The swapped videos found in a downloaded data set.
 *
 * @param title what it is called
 * @param videos in the order of their names
 * @param leftOut what else lies there and cannot be used, and why
 */
public record SwapDataset(String title, List<SwappedVideo> videos, List<LeftOut> leftOut) {
    public SwapDataset {
        videos = List.copyOf(videos);
        leftOut = List.copyOf(leftOut);
    }

    /**
     * Finds out by its folders which data set lies somewhere: Celeb-DF-v2 has {@code Celeb-synthesis}, FaceForensics++
     * has {@code manipulated_sequences}.
     *
     * @param methods of FaceForensics++, the methods to take; empty for all that swap faces
     * @param compression of FaceForensics++, {@code raw}, {@code c23} or {@code c40}; empty for the only one there is
     * @throws IOException in one sentence, if it is neither, or has no videos to use
     */
    public static SwapDataset find(Path root, Set<String> methods, String compression) throws IOException {
        if (!Files.isDirectory(root)) {
            throw new DataException("There is no folder " + root);
        }
        SwapDataset found;
        if (Folders.child(root, FaceForensics.SWAPPED) != null) {
            found = FaceForensics.list(root, methods, compression);
        } else if (Folders.child(root, CelebDf.SWAPPED) != null) {
            if (!methods.isEmpty() || !compression.isEmpty()) {
                throw new DataException(root + " is Celeb-DF, which has neither methods nor compressions to choose");
            }
            found = CelebDf.list(root);
        } else {
            throw new DataException(root + " is not a data set that is known here: Celeb-DF-v2 has a folder "
                    + CelebDf.SWAPPED + ", FaceForensics++ a folder " + FaceForensics.SWAPPED);
        }
        if (found.videos.isEmpty()) {
            throw new DataException("No swapped video in " + root + " can be used"
                    + (found.leftOut.isEmpty()
                            ? ": its folders are empty"
                            : ", for example " + found.leftOut.getFirst()));
        }
        return found;
    }
}
