package dev.obverse.cuda.kernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Machine code on disk, named by what it was made from: source, card and compiler. A file that is wrong is never taken
 * for right, because its own hash is in it.
 */
public final class KernelCache implements Modules.Compiler {
    private static final System.Logger LOG = System.getLogger(KernelCache.class.getName());
    private static final int HASH = 32;

    private final Path folder;
    private final Modules.Compiler compiler;
    private final String version;

    /**
     * In front of a compiler.
     *
     * @param version of the compiler
     */
    public KernelCache(Path folder, Modules.Compiler compiler, String version) {
        this.folder = folder;
        this.compiler = compiler;
        this.version = version;
    }

    @Override
    public byte[] compile(KernelFile file, String architecture) {
        var key = HexFormat.of()
                .formatHex(hash((version + "\n" + architecture + "\n" + file.text()).getBytes(StandardCharsets.UTF_8)))
                .substring(0, 16);
        var path = folder.resolve(file.name().toLowerCase(Locale.ROOT) + "-" + architecture + "-" + key);
        try {
            var stored = Files.readAllBytes(path);
            if (stored.length > HASH) {
                var code = Arrays.copyOfRange(stored, HASH, stored.length);
                if (MessageDigest.isEqual(hash(code), Arrays.copyOf(stored, HASH))) {
                    return code;
                }
            }
            LOG.log(System.Logger.Level.WARNING, "{0} is damaged and is compiled again", path);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "{0} is not there yet", path);
        }
        var code = compiler.compile(file, architecture);
        store(path, code);
        return code;
    }

    /** Other processes may do the same at the same time: each writes a file of its own and renames it. */
    private void store(Path path, byte[] code) {
        try {
            Files.createDirectories(folder);
            var part = Files.createTempFile(folder, "kernel", ".part");
            try (var out = Files.newOutputStream(part)) {
                out.write(hash(code));
                out.write(code);
            }
            Files.move(part, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Compiled kernels cannot be kept in {0} ({1}) and are compiled in every run; choose another folder"
                            + " with -Dobverse.cuda.cache",
                    folder,
                    e.getClass().getSimpleName());
        }
    }

    private static byte[] hash(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
