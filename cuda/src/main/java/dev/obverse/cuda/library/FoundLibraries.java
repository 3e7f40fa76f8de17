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
                if (find(NvidiaLibrary.CUBLAS, major, folder) != null
                        || find(NvidiaLibrary.NVRTC, major, folder) != null) {
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
            files.removeIf(
                    f -> !f.getFileName().toString().substring(name.length()).matches("\\d+"));
            files.sort(null);
            return files.isEmpty() ? null : files.getLast();
        } catch (IOException | DirectoryIteratorException e) {
            return null; // a folder that cannot be read has nothing for us
        }
    }

    public @Nullable Path file(NvidiaLibrary library) {
        return files.get(library);
    }

    /** Whether nothing is missing, apart from the driver, which the system's loader may know. */
    public boolean isEnough(boolean mayRetag) {
        var missing = missing();
        missing.remove(NvidiaLibrary.DRIVER);
        return missing.isEmpty() && (major == 12 || mayRetag);
    }

    /** How to get a library, for the version of CUDA that is there, or else the one to recommend. */
    public String remedy(NvidiaLibrary library) {
        return library.remedy(major == 0 ? NvidiaLibrary.MAJORS.getFirst() : major);
    }

    /**
     * Loads a library that was found, with what it needs, and asks for its version.
     *
     * @throws IllegalStateException if it cannot be loaded
     */
    public String version(NvidiaLibrary library) {
        var file = files.get(library);
        if (file == null) {
            throw new IllegalStateException(library.title() + " was not found");
        }
        return LibraryVersion.of(library, file);
    }

    /** Those that were not found. */
    List<NvidiaLibrary> missing() {
        var missing = new ArrayList<>(List.of(NvidiaLibrary.values()));
        missing.removeAll(files.keySet());
        return missing;
    }
}
