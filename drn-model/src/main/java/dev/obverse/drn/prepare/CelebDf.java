package dev.obverse.drn.prepare;

import dev.obverse.drn.data.DataException;
import dev.obverse.drn.data.Split;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Celeb-DF-v2 (Li, Yang, Sun, Qi and Lyu, CVPR 2020): {@code Celeb-synthesis/idX_idY_NNNN.mp4} is
 * {@code Celeb-real/idX_NNNN.mp4} with the face of person Y. {@code YouTube-real} is not used.
 */
final class CelebDf {
    static final String SWAPPED = "Celeb-synthesis";
    private static final String GENUINE = "Celeb-real";
    private static final String TEST_LIST = "List_of_testing_videos.txt";
    private static final Pattern NAME = Pattern.compile("(id\\d+)_(id\\d+)_(\\d+)");

    private CelebDf() {}

    static SwapDataset list(Path root) throws IOException {
        var genuine = videos(root, GENUINE);
        var test = testVideos(root.resolve(TEST_LIST));
        var videos = new ArrayList<SwappedVideo>();
        var leftOut = new ArrayList<LeftOut>();
        for (var entry : videos(root, SWAPPED).entrySet()) {
            var name = entry.getKey();
            var parts = NAME.matcher(name);
            if (!parts.matches()) {
                leftOut.add(new LeftOut(name, "", "its name is not of the form id0_id1_0000"));
                continue;
            }
            var originalName = parts.group(1) + "_" + parts.group(3);
            var original = genuine.get(originalName);
            if (original == null) {
                leftOut.add(new LeftOut(name, "", "its original " + GENUINE + "/" + originalName + " is missing"));
                continue;
            }
            // A fake whose original is a test video shows that video's frames: training on it would leak them.
            Split side =
                    test == null ? null : test.contains(name) || test.contains(originalName) ? Split.TEST : Split.TRAIN;
            videos.add(new SwappedVideo(
                    name, entry.getValue(), originalName, original, parts.group(1), parts.group(2), side));
        }
        return new SwapDataset("Celeb-DF-v2", videos, leftOut);
    }

    private static SortedMap<String, Path> videos(Path root, String name) throws IOException {
        var folder = Folders.child(root, name);
        return folder == null ? new TreeMap<>() : Folders.videos(folder);
    }

    /** Names of the videos in the official test list, genuine and swapped; null without a list. */
    private static @Nullable Set<String> testVideos(Path list) throws IOException {
        if (!Files.exists(list)) {
            return null;
        }
        var names = new HashSet<String>();
        try {
            for (var line : Files.readAllLines(list)) {
                if (line.isBlank()) {
                    continue;
                }
                // "1 Celeb-real/id1_0007.mp4": 1 is genuine, 0 swapped
                var words = line.strip().split("\\s+", 2);
                if (words.length != 2 || !words[0].matches("[01]")) {
                    throw new DataException(list + " has the line '" + line.strip()
                            + "'; expected 0 or 1 and a video, such as 1 Celeb-real/id1_0007.mp4");
                }
                var file = words[1].substring(words[1].lastIndexOf('/') + 1);
                int dot = file.lastIndexOf('.');
                names.add(dot > 0 ? file.substring(0, dot) : file);
            }
        } catch (CharacterCodingException e) {
            throw new DataException(list + " is not a text file", e);
        }
        return names;
    }
}
