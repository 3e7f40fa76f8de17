package dev.obverse.nn.onnx;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/** The files of a .tar.gz, by path. */
final class Archive {
    private static final int BLOCK = 512;

    private Archive() {}

    static SequencedMap<String, byte[]> read(Path file) throws IOException {
        var files = new TreeMap<String, byte[]>();
        var longName = "";
        try (var in = new GZIPInputStream(Files.newInputStream(file))) {
            while (true) {
                var header = in.readNBytes(BLOCK);
                if (header.length < BLOCK || header[0] == 0) {
                    return files;
                }
                int size = Integer.parseInt(text(header, 124, 12), 8);
                var content = in.readNBytes(size);
                in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
                if (header[156] == 'L') { // GNU's way: the name of the next file
                    longName = text(content, 0, size);
                } else if (header[156] == '0' || header[156] == 0) {
                    files.put(longName.isEmpty() ? text(header, 0, 100) : longName, content);
                    longName = "";
                }
            }
        }
    }

    private static String text(byte[] header, int from, int length) {
        int end = from;
        while (end < from + length && header[end] != 0) {
            end++;
        }
        return new String(header, from, end - from, StandardCharsets.UTF_8).strip();
    }
}
