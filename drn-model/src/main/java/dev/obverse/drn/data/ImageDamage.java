package dev.obverse.drn.data;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Checks that a picture file is whole, which decoders do not insist on. */
final class ImageDamage {
    private static final VarHandle BIG_ENDIAN = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private ImageDamage() {}

    /** What is wrong with the file, or null where nothing is or the format has no marks to check. */
    static @Nullable String find(byte[] bytes) {
        if (starts(bytes, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n')) {
            return png(bytes);
        }
        if (starts(bytes, 0xff, 0xd8, 0xff)) {
            return jpeg(bytes);
        }
        if (starts(bytes, 'B', 'M') && bytes.length >= 26) {
            // many writers leave the size field wrong or zero, but no pixel can lie before the file's data offset
            long declared = Integer.reverseBytes(big(bytes, 2)) & 0xffffffffL;
            return declared > bytes.length ? "it says " + declared + " bytes and has " + bytes.length : null;
        }
        if (starts(bytes, 'G', 'I', 'F', '8')) {
            int end = bytes.length - 1;
            while (end > 0 && bytes[end] == 0) {
                end--;
            }
            return bytes[end] == 0x3b ? null : "its end is missing (no GIF trailer)";
        }
        return null;
    }

    private static @Nullable String png(byte[] bytes) {
        int at = 8;
        while (at + 12 <= bytes.length) {
            int length = big(bytes, at);
            if (length < 0 || length > bytes.length - at - 12) {
                return "it is cut short inside a PNG chunk";
            }
            var crc = new CRC32();
            crc.update(bytes, at + 4, length + 4);
            if ((int) crc.getValue() != big(bytes, at + 8 + length)) {
                return "a PNG chunk fails its checksum";
            }
            if (big(bytes, at + 4) == 0x49454e44) {
                return null;
            }
            at += length + 12;
        }
        return "its end is missing (no PNG IEND chunk)";
    }

    private static @Nullable String jpeg(byte[] bytes) {
        // only behind the start of the scan: an embedded thumbnail has an end mark of its own
        int at = 2;
        while (at + 4 <= bytes.length && (bytes[at] & 255) == 0xff && (bytes[at + 1] & 255) != 0xda) {
            at += (bytes[at + 1] & 255) == 0xff ? 1 : 2 + ((bytes[at + 2] & 255) * 256 + (bytes[at + 3] & 255));
        }
        for (int i = bytes.length - 2; i >= at; i--) {
            if ((bytes[i] & 255) == 0xff && (bytes[i + 1] & 255) == 0xd9) {
                return null;
            }
        }
        return "its end is missing (no JPEG end mark)";
    }

    private static boolean starts(byte[] bytes, int... mark) {
        if (bytes.length < mark.length) {
            return false;
        }
        for (int i = 0; i < mark.length; i++) {
            if ((bytes[i] & 255) != mark[i]) {
                return false;
            }
        }
        return true;
    }

    private static int big(byte[] bytes, int at) {
        return (int) BIG_ENDIAN.get(bytes, at);
    }
}
