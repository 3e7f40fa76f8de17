package dev.obverse.cuda.library;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A folder, writable by nobody else, with JCuda's own libraries: as released for CUDA 12, or, for CUDA 13 and with the
 * user's consent, with the two that name a version of CUDA changed to ask for 13.
 */
public final class JniFolder {
    /** JCuda's version, which is part of its libraries' names. */
    static final String VERSION = "12.6.0";

    private static final List<String> LIBRARIES =
            List.of("JCudaDriver", "JCudaRuntime", "JNvrtc", "JCublas2", "JCudnn");

    private JniFolder() {}

    static String fileName(String library) {
        return "lib" + library + "-" + VERSION + "-linux-x86_64.so";
    }

    /** Writes what is not there yet, and returns the folder. */
    public static Path prepare(Path cache, int major) {
        var folder = cache.toAbsolutePath().resolve("jcuda-" + VERSION + "-cuda" + major);
        try {
            Files.createDirectories(cache);
            if (!Files.isDirectory(folder)) {
                Files.createDirectory(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            if (!Files.getOwner(folder).equals(Files.getOwner(Path.of("/proc/self")))) {
                throw new IllegalStateException(
                        "The folder " + folder + " for JCuda's libraries belongs to somebody else:"
                                + " choose another with -Dobverse.cuda.cache=FOLDER");
            }
            for (var library : LIBRARIES) {
                write(library, major, folder.resolve(fileName(library)));
            }
            return folder;
        } catch (IOException e) {
            throw new IllegalStateException(
                    "JCuda's libraries cannot be written into " + folder + " ("
                            + e.getClass().getSimpleName() + "): choose another place with -Dobverse.cuda.cache=FOLDER",
                    e);
        }
    }

    private static void write(String library, int major, Path file) throws IOException {
        var content = released(library);
        if (major != 12) {
            content = retagged(library, content, major);
        }
        if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), content)) {
            return;
        }
        var part = Files.createTempFile(file.getParent(), library, ".part");
        Files.write(part, content);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static byte[] released(String library) throws IOException {
        var name = "lib/" + fileName(library);
        try (var stream = ClassLoader.getSystemResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("JCuda's library " + name + " is not on the class path: JCuda "
                        + VERSION + " has libraries for Linux on x86-64, and this is "
                        + System.getProperty("os.name") + " on "
                        + System.getProperty("os.arch").toLowerCase(Locale.ROOT));
            }
            return stream.readAllBytes();
        }
    }

    /** The library as it would be had it been linked against another version of CUDA; most name none. */
    static byte[] retagged(String library, byte[] content, int major) {
        var elf = new ElfFile(content);
        for (var needed : elf.needed()) {
            if (needed.equals("libcublas.so.12") || needed.equals("libnvrtc.so.12")) {
                elf.retag(needed, needed.replace(".12", "." + major));
            }
        }
        if (library.equals("JNvrtc")) {
            elf.weaken("nvrtcGetNVVM"); // gone from NVRTC 13, and never called here
            elf.weaken("nvrtcGetNVVMSize");
        }
        return elf.content();
    }
}
