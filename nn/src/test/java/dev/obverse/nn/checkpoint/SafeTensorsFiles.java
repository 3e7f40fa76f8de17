package dev.obverse.nn.checkpoint;

import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;

/** Safetensors files for tests. */
final class SafeTensorsFiles {
    private SafeTensorsFiles() {}

    /** Written by the safetensors library. */
    static Path golden() throws URISyntaxException {
        return Path.of(Objects.requireNonNull(SafeTensorsFiles.class.getResource("golden.safetensors"))
                .toURI());
    }

    /** A file with this header, and zeros. */
    static byte[] file(String header, int dataSize) {
        return raw(header.length(), header, dataSize);
    }

    /** The same with another {@code length} in front. */
    static byte[] raw(long length, String header, int dataSize) {
        return raw(length, header.getBytes(StandardCharsets.ISO_8859_1), dataSize);
    }

    static byte[] raw(long length, byte[] header, int dataSize) {
        return ByteBuffer.allocate(8 + header.length + dataSize)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(header)
                .array();
    }
}
