package dev.obverse.drn.data;

import dev.obverse.nn.checkpoint.AtomicFile;
import java.awt.Color;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Locale;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriteParam;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Pictures to and from files. A damaged file is an error: a half-read picture would be trained on unnoticed. */
final class ImageFiles {
    private static final long MOST_PIXELS = 1L << 28;

    private ImageFiles() {}

    static RgbImage read(Path file) throws IOException {
        byte[] bytes = bytes(file);
        if (Netpbm.recognises(bytes)) {
            return Netpbm.read(bytes, file);
        }
        var damage = ImageDamage.find(bytes);
        if (damage != null) {
            throw new DataException("Image " + file + " is damaged: " + damage + "; replace the file");
        }
        var readers = ImageIO.getImageReaders(new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes)));
        if (!readers.hasNext()) {
            throw new DataException(
                    "File " + file + " is not a picture that can be read; expected PNG, JPEG, BMP, GIF, PGM or PPM");
        }
        var reader = readers.next();
        try {
            return toRgb(decode(reader, bytes, file));
        } catch (DataException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // the readers of the JDK answer damaged input with unchecked exceptions as well
            throw new DataException("Image " + file + " cannot be read as " + format(reader) + ": " + reason(e), e);
        } finally {
            reader.dispose();
        }
    }

    private static byte[] bytes(Path file) throws DataException {
        if (!Files.exists(file)) {
            throw new DataException("Image " + file + " does not exist");
        }
        if (Files.isDirectory(file)) {
            throw new DataException("Image " + file + " is a folder, not a file");
        }
        if (!Files.isRegularFile(file)) { // a device may have no end
            throw new DataException("Image " + file + " is a device or a pipe, not a file");
        }
        try {
            byte[] bytes = Files.readAllBytes(file);
            if (bytes.length == 0) {
                throw new DataException("Image " + file + " is empty (0 bytes)");
            }
            return bytes;
        } catch (DataException e) {
            throw e;
        } catch (IOException e) {
            throw new DataException("Image " + file + " cannot be read: " + reason(e), e);
        }
    }

    private static BufferedImage decode(ImageReader reader, byte[] bytes, Path file) throws IOException {
        var warnings = new ArrayList<String>();
        reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
        reader.setInput(new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes)), true, true);
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels > MOST_PIXELS) {
            throw new DataException("Image " + file + " claims " + reader.getWidth(0) + "x" + reader.getHeight(0)
                    + " pixels; at most " + MOST_PIXELS + " are read");
        }
        var image = reader.read(0);
        for (var warning : warnings) {
            var lower = warning.toLowerCase(Locale.ROOT);
            if (lower.contains("premature") || lower.contains("corrupt") || lower.contains("truncat")) {
                throw new DataException("Image " + file + " is damaged: " + warning);
            }
        }
        return image;
    }

    private static String format(ImageReader reader) {
        try {
            return reader.getFormatName().toUpperCase(Locale.ROOT);
        } catch (IOException e) {
            return "a picture";
        }
    }

    private static String reason(Exception e) {
        var message = e.getMessage();
        return message == null
                ? e.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }

    private static RgbImage toRgb(BufferedImage image) {
        if (image.getColorModel() instanceof ComponentColorModel model
                && (model.getColorSpace().isCS_sRGB() || model.getColorSpace().getType() == ColorSpace.TYPE_GRAY)
                && !model.isAlphaPremultiplied()
                && (model.getTransferType() == DataBuffer.TYPE_BYTE
                        || model.getTransferType() == DataBuffer.TYPE_USHORT)) {
            return fromSamples(image, model);
        }
        int w = image.getWidth();
        int h = image.getHeight();
        var plain = new BufferedImage(w, h, BufferedImage.TYPE_INT_RGB);
        var graphics = plain.createGraphics();
        graphics.drawImage(image, 0, 0, Color.WHITE, null);
        graphics.dispose();
        int[] pixels = plain.getRGB(0, 0, w, h, null, 0, w);
        var rgb = new float[w * h * 3];
        for (int i = 0; i < pixels.length; i++) {
            rgb[i * 3] = (pixels[i] >> 16 & 255) / 255f;
            rgb[i * 3 + 1] = (pixels[i] >> 8 & 255) / 255f;
            rgb[i * 3 + 2] = (pixels[i] & 255) / 255f;
        }
        return new RgbImage(w, h, rgb);
    }

    /**
     * Takes samples as they are: AWT would brighten grey pictures, which it holds to be linear, and cut 16 bits to 8.
     */
    private static RgbImage fromSamples(BufferedImage image, ComponentColorModel model) {
        int w = image.getWidth();
        int h = image.getHeight();
        var raster = image.getRaster();
        int bands = raster.getNumBands();
        boolean alpha = model.hasAlpha();
        boolean grey = bands - (alpha ? 1 : 0) == 1;
        // a component may have fewer bits than its array's type
        int most = (1 << model.getComponentSize(0)) - 1;
        int opaque = alpha ? (1 << model.getComponentSize(bands - 1)) - 1 : 1;
        var rgb = new float[w * h * 3];
        int[] row = new int[w * bands];
        for (int y = 0; y < h; y++) {
            raster.getPixels(0, y, w, 1, row);
            for (int x = 0; x < w; x++) {
                float cover = alpha ? row[x * bands + bands - 1] / (float) opaque : 1;
                for (int c = 0; c < 3; c++) {
                    float value = row[x * bands + (grey ? 0 : c)] / (float) most;
                    rgb[(y * w + x) * 3 + c] = alpha ? value * cover + 1 - cover : value;
                }
            }
        }
        return new RgbImage(w, h, rgb);
    }

    static void writePng(RgbImage image, Path file) throws IOException {
        var content = png(image);
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            AtomicFile.writeLazily(file, content);
        } catch (IOException e) {
            throw new DataException("Cannot write " + file + ": " + e, e);
        }
    }

    static byte[] png(RgbImage image) {
        var bytes = new ByteArrayOutputStream(image.rgb().length / 2 + 256);
        var writer = ImageIO.getImageWritersByFormatName("png").next();
        try (var stream = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(stream);
            writer.write(image.toBuffered());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    static RgbImage jpegRoundTrip(RgbImage image, double quality) {
        if (!(quality >= 0 && quality <= 1)) {
            throw new IllegalArgumentException("JPEG quality must be 0 to 1, not " + quality);
        }
        var bytes = new ByteArrayOutputStream(image.rgb().length / 4 + 1024);
        var writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (var stream = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(stream);
            var parameters = writer.getDefaultWriteParam();
            parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            parameters.setCompressionQuality((float) quality);
            writer.write(null, new IIOImage(image.toBuffered(), null, null), parameters);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        var reader = ImageIO.getImageReadersByFormatName("jpeg").next();
        try {
            reader.setInput(new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes.toByteArray())), true, true);
            return toRgb(reader.read(0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            reader.dispose();
        }
    }
}
