package dev.obverse.nn.log;

import dev.obverse.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.zip.CRC32C;
import javax.imageio.ImageIO;

/**
 * Writes what TensorBoard shows: {@code tensorboard --logdir FOLDER}. Each event is in the file when the call returns.
 *
 * <p>The file is a sequence of records (length, checksum, data, checksum) and each record a Protocol Buffers message
 * {@code tensorflow.Event}; the few fields needed are encoded here.
 */
public final class TensorBoardWriter implements AutoCloseable {
    private static final int COLOURSPACE_GREY = 1;
    private static final int COLOURSPACE_RGB = 3;

    private final FileChannel channel;
    private final InstantSource clock;

    /**
     * Begins a new file in a folder, which is made if need be.
     *
     * @param step the last step done before, 0 for a new run; TensorBoard then hides what older files of the folder say
     *     of later ones, because a resumed run will write it again
     */
    public TensorBoardWriter(Path folder, long step) throws IOException {
        this(folder, step, InstantSource.system());
    }

    TensorBoardWriter(Path folder, long step, InstantSource clock) throws IOException {
        this.clock = clock;
        Files.createDirectories(folder);
        channel = create(folder, clock.instant());
        write(event(0).text(3, "brain.Event:2"));
        if (step > 0) {
            // session_log { status: START }: steps from this event's on are void in earlier files.
            write(event(step + 1).message(7, new ProtoMessage().integer(1, 1)));
        }
    }

    private static FileChannel create(Path folder, Instant now) throws IOException {
        for (int i = 0; ; i++) {
            // Files are read in the order of their names.
            var name = "events.out.tfevents.%010d.%03d.obverse".formatted(now.getEpochSecond(), i);
            try {
                return FileChannel.open(folder.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            } catch (FileAlreadyExistsException e) {
                // of a writer begun in the same second: try the next number
            }
        }
    }

    /**
     * One point of a curve.
     *
     * @param tag the curve's name; what stands before a slash groups curves
     */
    public void scalar(String tag, double value, long step) throws IOException {
        write(summary(step, new ProtoMessage().text(1, tag).float32(2, (float) value)));
    }

    /**
     * A picture.
     *
     * @param image {@code [H,W,C]}, row-major, C being 1 or 3, values in [0,1]; what lies outside is clamped
     */
    public void image(String tag, float[] image, Shape hwc, long step) throws IOException {
        if (hwc.rank() != 3 || hwc.size() == 0 || (hwc.dim(2) != 1 && hwc.dim(2) != 3) || image.length != hwc.size()) {
            throw new IllegalArgumentException("An image for TensorBoard has shape [H,W,1] or [H,W,3], but "
                    + image.length + " values of shape " + hwc + " were given");
        }
        image(tag, png(image, hwc), hwc, step);
    }

    void image(String tag, byte[] png, Shape hwc, long step) throws IOException {
        var picture = new ProtoMessage()
                .integer(1, hwc.dim(0))
                .integer(2, hwc.dim(1))
                .integer(3, hwc.dim(2) == 1 ? COLOURSPACE_GREY : COLOURSPACE_RGB)
                .bytes(4, png);
        write(summary(step, new ProtoMessage().text(1, tag).message(4, picture)));
    }

    private static byte[] png(float[] image, Shape hwc) throws IOException {
        int width = hwc.dim(1);
        int channels = hwc.dim(2);
        var picture = new BufferedImage(
                width, hwc.dim(0), channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
        var raster = picture.getRaster();
        for (int i = 0; i < image.length; i++) {
            int pixel = i / channels;
            int level = (int) (Math.clamp(image[i], 0f, 1f) * 255f + 0.5f);
            raster.setSample(pixel % width, pixel / width, i % channels, level);
        }
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(picture, "png", bytes);
        return bytes.toByteArray();
    }

    private ProtoMessage summary(long step, ProtoMessage value) {
        return event(step).message(5, new ProtoMessage().message(1, value));
    }

    private ProtoMessage event(long step) {
        var now = clock.instant();
        return new ProtoMessage()
                .float64(1, now.getEpochSecond() + now.getNano() * 1e-9)
                .integer(2, step);
    }

    private synchronized void write(ProtoMessage event) throws IOException {
        var data = event.encoded();
        var record = ByteBuffer.allocate(16 + data.length).order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(data.length).putInt(checksum(record.array(), 0, 8));
        record.put(data).putInt(checksum(data, 0, data.length)).flip();
        while (record.hasRemaining()) {
            channel.write(record);
        }
    }

    /** CRC-32C, then rotated and shifted as the format wants it. */
    private static int checksum(byte[] bytes, int from, int count) {
        var crc = new CRC32C();
        crc.update(bytes, from, count);
        return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
