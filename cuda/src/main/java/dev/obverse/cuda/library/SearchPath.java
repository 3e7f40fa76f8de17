package dev.obverse.cuda.library;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folders where NVIDIA's libraries may lie, in the order in which they are looked through: those the user named,
 * LD_LIBRARY_PATH, the active Python environment, toolkits, other Pythons, the system.
 */
public final class SearchPath {
    /** pip installs each library below {@code site-packages/nvidia}: {@code cudnn/lib}, {@code cu13/lib}, ... */
    private static final String SITE = "lib/python3*/{site,dist}-packages";

    private final Map<String, String> environment;
    private final Set<Path> folders = new LinkedHashSet<>();

    private SearchPath(Map<String, String> environment) {
        this.environment = environment;
    }

    /** The folders that exist on this machine. */
    public static List<Path> folders(List<Path> first) {
        return of(first, System.getenv(), Path.of("/"));
    }

    /**
     * The folders that exist on some machine.
     *
     * @param root what stands for {@code /}
     */
    static List<Path> of(List<Path> first, Map<String, String> environment, Path root) {
        var path = new SearchPath(environment);
        first.forEach(folder -> path.add(folder.toAbsolutePath()));
        path.listed("LD_LIBRARY_PATH").forEach(path::add);
        path.pythons("VIRTUAL_ENV");
        path.pythons("CONDA_PREFIX");
        path.listed("PYTHONPATH").forEach(site -> path.matching(site, "nvidia/*/lib"));
        for (var variable : List.of("CUDA_HOME", "CUDA_PATH")) {
            var home = path.value(variable);
            if (home != null) {
                path.add(Path.of(home, "lib64"));
                path.add(Path.of(home, "lib"));
            }
        }
        path.add(root.resolve("usr/local/cuda/lib64"));
        path.matching(root, "usr/local/cuda-1[23]*/lib64");
        var home = path.value("HOME");
        if (home != null) {
            path.matching(Path.of(home), ".local/" + SITE + "/nvidia/*/lib");
            path.matching(Path.of(home), ".pyenv/versions/*/" + SITE + "/nvidia/*/lib");
        }
        path.matching(root, "usr/local/" + SITE + "/nvidia/*/lib");
        path.matching(root, "usr/" + SITE + "/nvidia/*/lib");
        path.matching(root, "opt/*/" + SITE + "/nvidia/*/lib");
        for (var system : List.of(
                "usr/local/nvidia/lib64",
                "usr/local/nvidia/lib",
                "usr/lib/x86_64-linux-gnu",
                "usr/lib64",
                "usr/lib/wsl/lib")) {
            path.add(root.resolve(system));
        }
        return List.copyOf(path.folders);
    }

    private void pythons(String variable) {
        var prefix = value(variable);
        if (prefix != null) {
            matching(Path.of(prefix), SITE + "/nvidia/*/lib");
            add(Path.of(prefix, "lib"));
        }
    }

    private @Nullable String value(String variable) {
        var value = environment.get(variable);
        return value == null || value.isBlank() ? null : value;
    }

    private Stream<Path> listed(String variable) {
        var value = value(variable);
        return value == null
                ? Stream.of()
                : Arrays.stream(value.split(":", -1)).filter(s -> !s.isBlank()).map(Path::of);
    }

    private void add(Path folder) {
        if (Files.isDirectory(folder)) {
            folders.add(folder);
        }
    }

    /** Adds every folder below {@code start} whose names, one after the other, match the pattern's. */
    private void matching(Path start, String pattern) {
        var found = List.of(start);
        for (var part : pattern.split("/", -1)) {
            var next = new ArrayList<Path>();
            found.forEach(folder -> next.addAll(children(folder, part)));
            found = next;
        }
        found.forEach(this::add);
    }

    private static List<Path> children(Path folder, String pattern) {
        if (!pattern.matches(".*[*\\[{].*")) {
            var child = folder.resolve(pattern);
            return Files.isDirectory(child) ? List.of(child) : List.of();
        }
        var matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
        try (var stream = Files.newDirectoryStream(folder, p -> matcher.matches(p.getFileName()))) {
            var children = new ArrayList<Path>();
            stream.forEach(children::add);
            children.sort(null);
            return children;
        } catch (IOException | DirectoryIteratorException e) {
            return List.of(); // a folder that cannot be read has nothing for us
        }
    }
}
