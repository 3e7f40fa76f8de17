package dev.obverse.drn.prepare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Folders of data sets, whose spelling differs from copy to copy. */
final class Folders {
    private static final Set<String> VIDEO_ENDINGS = Set.of("mp4", "avi", "mkv", "mov", "webm");

    private Folders() {}

    /** The folder of a name within another, whatever its case; null if there is none. */
    static @Nullable Path child(Path folder, String name) throws IOException {
        return entries(folder).stream()
                .filter(path -> fileName(path).equalsIgnoreCase(name) && Files.isDirectory(path))
                .findFirst()
                .orElse(null);
    }

    /** The folder at the end of a path of names, whatever their case; null if there is none. */
    static @Nullable Path descendant(Path folder, String... names) throws IOException {
        var at = folder;
        for (var name : names) {
            var next = child(at, name);
            if (next == null) {
                return null;
            }
            at = next;
        }
        return at;
    }

    /**
     * The videos of a folder by name without ending, in order: files, and folders of frames. They may lie a level
     * deeper, in {@code videos}, {@code frames} or {@code images}.
     */
    static SortedMap<String, Path> videos(Path folder) throws IOException {
        for (var level : List.of("videos", "frames", "images")) {
            var below = child(folder, level);
            if (below != null) {
                return videos(below);
            }
        }
        var videos = new TreeMap<String, Path>();
        for (var path : entries(folder)) {
            var name = fileName(path);
            int dot = name.lastIndexOf('.');
            if (Files.isDirectory(path)) {
                videos.put(name, path);
            } else if (dot > 0 && VIDEO_ENDINGS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT))) {
                videos.put(name.substring(0, dot), path);
            }
        }
        return videos;
    }

    /** What lies in a folder and is not hidden, by name. */
    static List<Path> entries(Path folder) throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.filter(path -> !fileName(path).startsWith("."))
                    .sorted(Comparator.comparing(Folders::fileName))
                    .toList();
        }
    }

    static String fileName(Path path) {
        return String.valueOf(path.getFileName());
    }
}
