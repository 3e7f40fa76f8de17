package dev.obverse.drn.prepare;

import dev.obverse.drn.data.DataException;
import dev.obverse.drn.data.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * FaceForensics++ (Rössler et al., ICCV 2019) as its download script lays it out:
 * {@code manipulated_sequences/METHOD/c23/videos/000_003.mp4} is {@code original_sequences/youtube/c23/videos/000.mp4}
 * with the face of video 003. Of Google's DeepFakeDetection, which lies beside it, {@code 01_02__walking__ABCDEFGH.mp4}
 * is {@code original_sequences/actors/c23/videos/01__walking.mp4} with actor 02's.
 */
final class FaceForensics {
    static final String SWAPPED = "manipulated_sequences";
    private static final String GENUINE = "original_sequences";
    private static final Set<String> COMPRESSIONS = Set.of("raw", "c23", "c40");

    /** How a method names its videos, and where its originals lie. */
    private enum Source {
        YOUTUBE("youtube", "(\\d{3})_(\\d{3})", "", "000_003"),
        ACTORS("actors", "(\\d{2})_(\\d{2})__(.+)__\\w{8}", "actor", "01_02__walking__ABCDEFGH");

        final String folder;
        final Pattern name;
        final String person;
        final String example;

        Source(String folder, String name, String person, String example) {
            this.folder = folder;
            this.name = Pattern.compile(name);
            this.person = person;
            this.example = example;
        }

        String originalOf(Matcher name) {
            return this == YOUTUBE ? name.group(1) : name.group(1) + "__" + name.group(3);
        }
    }

    private static final Map<String, Source> SWAPPING = new TreeMap<>(Map.of(
            "Deepfakes", Source.YOUTUBE,
            "FaceSwap", Source.YOUTUBE,
            "FaceShifter", Source.YOUTUBE,
            "DeepFakeDetection", Source.ACTORS));
    /** These move a face's mouth and features and leave its identity, so that there is nobody to trace. */
    private static final Set<String> REENACTING = Set.of("Face2Face", "NeuralTextures");

    private final Path root;
    private final String compression;
    private final @Nullable Map<String, Split> sides;
    private final List<SwappedVideo> videos = new ArrayList<>();
    private final List<LeftOut> leftOut = new ArrayList<>();

    private FaceForensics(Path root, String compression, @Nullable Map<String, Split> sides) {
        this.root = root;
        this.compression = compression;
        this.sides = sides;
    }

    static SwapDataset list(Path root, Set<String> methods, String compression) throws IOException {
        for (var method : methods) {
            if (REENACTING.contains(method)) {
                throw new DataException(method + " does not change who is seen, only how the face moves: there is no"
                        + " original identity to trace. Known methods are " + String.join(", ", SWAPPING.keySet()));
            }
            if (!SWAPPING.containsKey(method)) {
                throw new DataException("The method " + method + " is not known; known methods are "
                        + String.join(", ", SWAPPING.keySet()));
            }
        }
        var chosen = compression.isEmpty() ? onlyCompression(root) : compression;
        if (!COMPRESSIONS.contains(chosen)) {
            throw new DataException("The compression " + chosen + " is not one of raw, c23 and c40");
        }
        var forensics = new FaceForensics(root, chosen, OfficialSplits.read(root));
        for (var method : SWAPPING.keySet()) {
            if (methods.isEmpty() || methods.contains(method)) {
                forensics.add(method, methods.contains(method));
            }
        }
        for (var method : new TreeSet<>(REENACTING)) {
            if (methods.isEmpty() && Folders.descendant(root, SWAPPED, method) != null) {
                forensics.leftOut.add(new LeftOut(method, "", "it does not change who is seen"));
            }
        }
        return new SwapDataset("FaceForensics++ " + chosen, forensics.videos, forensics.leftOut);
    }

    private static String onlyCompression(Path root) throws IOException {
        var found = new TreeSet<String>();
        for (var method : SWAPPING.keySet()) {
            for (var compression : COMPRESSIONS) {
                if (Folders.descendant(root, SWAPPED, method, compression) != null) {
                    found.add(compression);
                }
            }
        }
        if (found.size() != 1) {
            throw new DataException(
                    found.isEmpty()
                            ? root + " has no folder " + SWAPPED + "/METHOD/c23, nor raw or c40, of a method that swaps"
                                    + " faces: " + String.join(", ", SWAPPING.keySet())
                            : root + " has videos in the compressions " + String.join(" and ", found)
                                    + ": choose one with --compression");
        }
        return found.first();
    }

    private void add(String method, boolean required) throws IOException {
        var folder = Folders.descendant(root, SWAPPED, method, compression);
        if (folder == null) {
            if (required) {
                throw new DataException(root + " has no folder " + SWAPPED + "/" + method + "/" + compression);
            }
            return;
        }
        var source = SWAPPING.getOrDefault(method, Source.YOUTUBE);
        var originals = Folders.descendant(root, GENUINE, source.folder, compression);
        var genuine = originals == null ? Map.<String, Path>of() : Folders.videos(originals);
        for (var entry : Folders.videos(folder).entrySet()) {
            add(method + "/" + entry.getKey(), entry.getValue(), source, source.name.matcher(entry.getKey()), genuine);
        }
    }

    private void add(String name, Path fake, Source source, Matcher parts, Map<String, Path> genuine) {
        if (!parts.matches()) {
            leftOut.add(new LeftOut(name, "", "its name is not of the form " + source.example));
            return;
        }
        var originalName = source.originalOf(parts);
        var original = genuine.get(originalName);
        if (original == null) {
            leftOut.add(new LeftOut(
                    name,
                    "",
                    "its original " + String.join("/", GENUINE, source.folder, compression, originalName)
                            + " is missing"));
            return;
        }
        var side = sides == null || source != Source.YOUTUBE ? null : sides.get(parts.group(1));
        videos.add(new SwappedVideo(
                name,
                fake,
                source.folder + "/" + originalName,
                original,
                source.person + parts.group(1),
                source.person + parts.group(2),
                side));
    }
}
