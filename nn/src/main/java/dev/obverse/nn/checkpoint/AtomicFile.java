package dev.obverse.nn.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Replaces a file so that its name always stands for the whole old or the whole new content: the new one is written to
 * a temporary file beside it, forced to the disk unless it can easily be made again, and renamed.
 */
public final class AtomicFile {
    /** Writes the content of a file. */
    @FunctionalInterface
    public interface Content {
        void writeTo(FileChannel channel) throws IOException;
    }

    private AtomicFile() {}

    /** The file's folder must exist. A crash leaves a hidden file {@code .NAME.tmp}, which the next write replaces. */
    public static void write(Path file, Content content) throws IOException {
        write(file, content, true);
        syncFolderOf(file);
    }

    private static void write(Path file, Content content, boolean force) throws IOException {
        var temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
        try {
            try (var channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                content.writeTo(channel);
                if (force) {
                    channel.force(true);
                }
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
    }

    public static void write(Path file, byte[] content) throws IOException {
        write(file, channel -> writeFully(channel, ByteBuffer.wrap(content)));
    }

    /**
     * The same without waiting for the disk, which takes milliseconds for each of thousands of pictures. Other
     * processes see the whole file or none; after a power cut it may be empty.
     */
    public static void writeLazily(Path file, byte[] content) throws IOException {
        write(file, channel -> writeFully(channel, ByteBuffer.wrap(content)), false);
    }

    static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Makes the rename itself survive a power cut. */
    private static void syncFolderOf(Path file) {
        var folder = file.toAbsolutePath().getParent();
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows and some network file systems cannot do this for a folder; the file itself is whole regardless.
        }
    }
}
