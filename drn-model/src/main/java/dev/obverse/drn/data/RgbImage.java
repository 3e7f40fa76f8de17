package dev.obverse.drn.data;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A colour picture in memory.
 *
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 * @param rgb interleaved [H,W,3], display-encoded (sRGB), 0 to 1; not copied, the caller hands it over
 */
public record RgbImage(int width, int height, float[] rgb) {
    public RgbImage {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("An image needs at least one pixel, not " + width + "x" + height);
        }
        if (rgb.length != 3L * width * height) {
            throw new IllegalArgumentException("A " + width + "x" + height + " image needs " + 3L * width * height
                    + " values (height x width x 3), not " + rgb.length);
        }
    }

    /** A black picture. */
    public RgbImage(int width, int height) {
        this(width, height, new float[Math.multiplyExact(3, Math.multiplyExact(width, height))]);
    }

    /** Reads a picture file: PNG, JPEG, BMP, GIF (first frame), PBM, PGM or PPM. */
    public static RgbImage read(Path file) throws IOException {
        return ImageFiles.read(file);
    }

    /** Whether a file has the name of a picture that {@link #read} reads, and is not hidden. */
    public static boolean isNamedAsPicture(Path file) {
        return String.valueOf(file.getFileName()).matches("(?i)[^.].*\\.(png|jpe?g|bmp|gif|pbm|pgm|ppm)");
    }

    /** Writes a PNG with 8 bits per channel; the file appears complete or not at all. */
    public void writePng(Path file) throws IOException {
        ImageFiles.writePng(this, file);
    }

    /** The bytes of a PNG file with 8 bits per channel. */
    public byte[] png() {
        return ImageFiles.png(this);
    }

    /** Value of a channel (0 red, 1 green, 2 blue) of a pixel. */
    public float at(int x, int y, int channel) {
        return rgb[(y * width + x) * 3 + channel];
    }

    /** This picture scaled; along each axis by area averaging where it shrinks and bilinearly where it grows. */
    public RgbImage resize(int newWidth, int newHeight) {
        return newWidth == width && newHeight == height ? this : Resampling.resize(this, newWidth, newHeight);
    }

    /** This picture as it comes back from a file with 8 bits per channel. */
    public RgbImage quantised() {
        var rounded = new float[rgb.length];
        for (int i = 0; i < rgb.length; i++) {
            rounded[i] = toByte(rgb[i]) / 255f;
        }
        return new RgbImage(width, height, rounded);
    }

    /** This picture as it comes back from a JPEG file of the given quality, 0 to 1. */
    public RgbImage jpeg(double quality) {
        return ImageFiles.jpegRoundTrip(this, quality);
    }

    /** A copy for AWT, 8 bits per channel. */
    BufferedImage toBuffered() {
        var image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
        byte[] bytes = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
        for (int i = 0; i < rgb.length; i += 3) {
            bytes[i] = (byte) toByte(rgb[i + 2]);
            bytes[i + 1] = (byte) toByte(rgb[i + 1]);
            bytes[i + 2] = (byte) toByte(rgb[i]);
        }
        return image;
    }

    /** Pictures of one size side by side in rows of {@code columns}; an incomplete last row is filled with black. */
    public static RgbImage grid(List<RgbImage> cells, int columns) {
        if (cells.isEmpty() || columns < 1) {
            throw new IllegalArgumentException(
                    "A grid needs at least one picture and one column, not " + cells.size() + " and " + columns);
        }
        int w = cells.getFirst().width;
        int h = cells.getFirst().height;
        int rows = (cells.size() + columns - 1) / columns;
        var grid = new RgbImage(w * columns, h * rows);
        for (int i = 0; i < cells.size(); i++) {
            var cell = cells.get(i);
            if (cell.width != w || cell.height != h) {
                throw new IllegalArgumentException("Pictures of a grid must be of one size; the first is " + w + "x" + h
                        + ", number " + i + " is " + cell.width + "x" + cell.height);
            }
            for (int y = 0; y < h; y++) {
                int to = ((i / columns * h + y) * w * columns + i % columns * w) * 3;
                System.arraycopy(cell.rgb, y * w * 3, grid.rgb, to, w * 3);
            }
        }
        return grid;
    }

    /** Rounds to the nearest of 256 steps; what is outside [0,1], or not a number, goes to the nearer end or 0. */
    static int toByte(float value) {
        return (int) (Math.max(0f, Math.min(1f, value)) * 255f + 0.5f);
    }
}
