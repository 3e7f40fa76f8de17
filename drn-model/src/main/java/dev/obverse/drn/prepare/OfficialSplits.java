package dev.obverse.drn.prepare;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.obverse.drn.data.DataException;
import dev.obverse.drn.data.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The split of FaceForensics++'s authors: {@code train.json}, {@code val.json} and {@code test.json}, each a list of
 * pairs of videos that were swapped in both directions. What validates counts as training: manifests have two sides.
 */
final class OfficialSplits {
    private OfficialSplits() {}

    /** The side of each video, from {@code root/splits} or {@code root} itself; null if neither has the three files. */
    static @Nullable Map<String, Split> read(Path root) throws IOException {
        var below = Folders.child(root, "splits");
        var folder = below == null ? root : below;
        if (!Files.exists(folder.resolve("test.json"))) {
            return null;
        }
        var sides = new HashMap<String, Split>();
        for (var name : new String[] {"train", "val", "test"}) {
            var file = folder.resolve(name + ".json");
            for (var pair : json(file)) {
                if (!pair.isArray()
                        || pair.size() != 2
                        || !pair.get(0).isTextual()
                        || !pair.get(1).isTextual()) {
                    throw new DataException(
                            file + " has the entry " + pair + "; expected two videos, such as" + " [\"000\",\"003\"]");
                }
                for (var video : pair) {
                    var side = name.equals("test") ? Split.TEST : Split.TRAIN;
                    var other = sides.put(video.textValue(), side);
                    if (other != null && other != side) {
                        throw new DataException(file + " lists the video " + video.textValue()
                                + ", which another of the three files puts on the other side");
                    }
                }
            }
        }
        return sides;
    }

    private static JsonNode json(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new DataException(file + " does not exist; train.json, val.json and test.json are needed together");
        }
        try {
            var list = new JsonMapper().readTree(file.toFile());
            if (list.isArray()) {
                return list;
            }
            throw new DataException(file + " is not a list of pairs of videos");
        } catch (JacksonException e) {
            throw new DataException(file + " is not JSON: " + e.getOriginalMessage(), e);
        }
    }
}
