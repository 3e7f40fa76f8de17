package dev.obverse.drn.face;

import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SequencedMap;

/** SHA-256 of contents, in hexadecimal. */
public final class Fingerprint {
    private Fingerprint() {}

    /** Of a file's content. */
    public static String of(Path file) throws IOException {
        var digest = sha256();
        try (var in = Files.newInputStream(file)) {
            var block = new byte[1 << 16];
            for (int n; (n = in.read(block)) >= 0; ) {
                digest.update(block, 0, n);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    public static String of(byte[] content) {
        return HexFormat.of().formatHex(sha256().digest(content));
    }

    /** Of a description and of tensors: names, shapes and the bits of the values, in order. */
    public static String of(String description, SequencedMap<String, Tensor> tensors) {
        var digest = sha256();
        digest.update(description.getBytes(StandardCharsets.UTF_8));
        tensors.forEach((name, tensor) -> {
            digest.update(("\n" + name + tensor.shape()).getBytes(StandardCharsets.UTF_8));
            var values = tensor.toArray();
            var bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            digest.update(bytes);
        });
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
