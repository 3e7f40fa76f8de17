package dev.obverse.cuda.library;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where NVIDIA's libraries lie.
 *
 * @param major version of CUDA that the first folder with a cuBLAS or an NVRTC decides; 0 where there is none
 * @param files those that were found
 * @param folders where was looked
 */
public record FoundLibraries(int major, Map<NvidiaLibrary, Path> files, List<Path> folders) {
    public FoundLibraries {
        files = Collections.unmodifiableMap(new EnumMap<>(files));
    }

    /** Looks through the folders in order. */
    public static FoundLibraries in(List<Path> folders) {
        int major = major(folders);
        Map<NvidiaLibrary, Path> files = new EnumMap<>(NvidiaLibrary.class);
        for (var library : NvidiaLibrary.values()) {
            if (major == 0 && library.ofCuda()) {
                continue;
            }
            for (var folder : folders) {
                var file = find(library, major, folder);
                if (file != null) {
                    files.put(library, file);
                    break;
                }
            }
        }
        return new FoundLibraries(major, files, folders);
    }

    private static int major(List<Path> folders) {
        for (var folder : folders) {
            for (int major : NvidiaLibrary.MAJORS) {
                if (find(NvidiaLibrary.CUBLAS, major, folder) != null || find(NvidiaLibrary.NVRTC, major, folder) != null) {
                    return major;
                }
            }
        }
        return 0;
    }

    private static @Nullable Path find(NvidiaLibrary library, int major, Path folder) {
        var name = library.file(major);
        if (!name.endsWith(".")) {
            var file = folder.resolve(name);
            return Files.isRegularFile(file) ? file : null;
        }
        // libnvrtc-builtins.so.12.6, and not its further links and relatives
        try (var stream = Files.newDirectoryStream(folder, name + "*")) {
            var files = new ArrayList<Path>();
            stream.forEach(files::add);
            files.removeIf(f -> !f.getFileName().toString().substring(name.length()).matches("\\d+"));
            files.sort(null);
            return files.isEmpty() ? null : files.getLast();
        } catch (IOException | DirectoryIteratorException e) {
            return null; // a folder that cannot be read has nothing for us
        }
    }

    public @Nullable Path file(NvidiaLibrary library) {
        return files.get(library);
    }

    /** The version to recommend where none was found. */
    int majorOrDefault() {
        return major == 0 ? NvidiaLibrary.MAJORS.getFirst() : major;
    }

    /** Those that are missing and without which nothing works. */
    List<NvidiaLibrary> missing() {
        var missing = new ArrayList<>(List.of(NvidiaLibrary.values()));
        missing.removeAll(files.keySet());
        return missing;
    }
}
