package dev.obverse.drn.data;

import java.nio.file.Path;

/** Reads the PBM, PGM and PPM formats: plain (P1, P2, P3) and raw (P4, P5, P6), up to 16 bits per sample. */
final class Netpbm {
    private final byte[] bytes;
    private final Path file;
    private int at = 2;

    private Netpbm(byte[] bytes, Path file) {
        this.bytes = bytes;
        this.file = file;
    }

    static boolean recognises(byte[] bytes) {
        return bytes.length > 2 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '6' && isSpace(bytes[2]);
    }

    static RgbImage read(byte[] bytes, Path file) throws DataException {
        return new Netpbm(bytes, file).read();
    }

    private RgbImage read() throws DataException {
        int kind = bytes[1] - '0';
        boolean raw = kind > 3;
        int channels = kind % 3 == 0 ? 3 : 1;
        boolean bitmap = kind % 3 == 1;
        int width = number("width");
        int height = number("height");
        int most = bitmap ? 1 : number("largest value");
        if (width < 1 || height < 1 || most < 1 || most > 65535) {
            throw damaged("it claims " + width + "x" + height + " pixels and values up to " + most);
        }
        if (raw) {
            at++;
        }
        int perSample = most > 255 ? 2 : 1;
        long samples = (long) width * height * channels;
        // the shortest possible file: a bit, a byte or a digit each
        long needed = bitmap && raw ? (width + 7L) / 8 * height : samples * (raw ? perSample : 1);
        if (needed > bytes.length - at) {
            throw damaged("it is cut short: " + needed + " bytes of pixels expected, " + Math.max(0, bytes.length - at)
                    + " found");
        }
        var rgb = new float[Math.multiplyExact(width * height, 3)];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int pixel = (y * width + x) * 3;
                for (int c = 0; c < channels; c++) {
                    int value;
                    if (bitmap) {
                        value = 1 - (raw ? (bytes[at + y * ((width + 7) / 8) + x / 8] >> (7 - x % 8)) & 1 : digit());
                    } else {
                        value = raw ? sample(perSample) : number("value");
                    }
                    if (value > most) {
                        throw damaged("a value of " + value + " exceeds its own maximum of " + most);
                    }
                    rgb[pixel + c] = value / (float) most;
                }
                if (channels == 1) {
                    rgb[pixel + 1] = rgb[pixel];
                    rgb[pixel + 2] = rgb[pixel];
                }
            }
        }
        return new RgbImage(width, height, rgb);
    }

    private int sample(int perSample) {
        int value = bytes[at++] & 255;
        return perSample == 1 ? value : value * 256 + (bytes[at++] & 255);
    }

    /** Plain bitmaps may leave out the space between digits. */
    private int digit() throws DataException {
        skipSpace();
        if (at >= bytes.length || (bytes[at] != '0' && bytes[at] != '1')) {
            throw damaged("a pixel of its bitmap is missing or neither 0 nor 1");
        }
        return bytes[at++] - '0';
    }

    private int number(String what) throws DataException {
        skipSpace();
        int start = at;
        int value = 0;
        while (at < bytes.length && bytes[at] >= '0' && bytes[at] <= '9' && at - start < 9) {
            value = value * 10 + bytes[at++] - '0';
        }
        if (at == start) {
            throw damaged(
                    at >= bytes.length
                            ? "it is cut short where a " + what + " should be"
                            : "its " + what + " is not a number");
        }
        return value;
    }

    private void skipSpace() {
        while (at < bytes.length && (isSpace(bytes[at]) || bytes[at] == '#')) {
            if (bytes[at] == '#') {
                while (at < bytes.length && bytes[at] != '\n') {
                    at++;
                }
            } else {
                at++;
            }
        }
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || (b >= 9 && b <= 13);
    }

    private DataException damaged(String what) {
        return new DataException("Image " + file + " is damaged: " + what + "; replace the file");
    }
}
