package dev.obverse.nn.checkpoint;

import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;

/**
 * A safetensors file open for reading (the format of <a href="https://github.com/huggingface/safetensors">Hugging
 * Face</a>). Opening checks the whole header against the file; tensors are then read one by one, through a buffer of
 * fixed size, and converted to float32. Any number of threads may read at once.
 *
 * <p>Files are written by {@link SafeTensorsWriter}.
 */
public final class SafeTensors implements AutoCloseable {
    /** Bytes read or written at a time: a multiple of every element's size. */
    static final int CHUNK = 1 << 20;

    /**
     * What the header says of a tensor.
     *
     * @param type of its elements, as the file names it
     * @param begin where its data begin, counted from the beginning of the data section
     * @param end where they end
     */
    public record Entry(String name, String type, Shape shape, long begin, long end) {
        /** The type of its elements, which may be unknown. */
        public DType dtype() {
            return DType.of(type);
        }
    }

    private final Path file;
    private final FileChannel channel;
    private final SafeTensorsHeader header;

    private SafeTensors(Path file, FileChannel channel, SafeTensorsHeader header) {
        this.file = file;
        this.channel = channel;
        this.header = header;
    }

    /**
     * Opens a file and checks its header.
     *
     * @throws IOException in one sentence that names the file and what is wrong with it
     */
    public static SafeTensors open(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + (Files.exists(file) ? " is not a file" : " does not exist"));
        }
        var channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            return new SafeTensors(file, channel, SafeTensorsHeader.read(file, channel));
        } catch (Throwable e) {
            channel.close();
            throw e;
        }
    }

    public Path file() {
        return file;
    }

    /** Free text about the file, in the order of the header. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(header.metadata());
    }

    /** The tensors by name, in the order of the header. */
    public Map<String, Entry> entries() {
        return Collections.unmodifiableMap(header.entries());
    }

    /** A new tensor on a device with the values of the one of this name. */
    public Tensor tensor(String name, Device device) throws IOException {
        return Tensor.of(device, read(name), entry(name).shape());
    }

    /**
     * The values of a tensor, row-major; F64 is rounded to float32.
     *
     * @throws IOException if the file cannot be read, or the tensor holds integers or elements of an unknown type
     */
    public float[] read(String name) throws IOException {
        var entry = entry(name);
        var dtype = entry.dtype();
        if (!dtype.isReadable()) {
            throw new IOException(file + ": tensor '" + name + "' has elements of type " + entry.type
                    + ", but only F16, BF16, F32 and F64 can be read as a tensor");
        }
        var values = new float[entry.shape.size()];
        int size = dtype.bytes();
        var bytes = ByteBuffer.allocateDirect((int) Math.min(CHUNK, (long) values.length * size))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int done = 0; done < values.length; ) {
            int count = Math.min(CHUNK / size, values.length - done);
            bytes.clear().limit(count * size);
            readFully(file, channel, header.dataAt() + entry.begin + (long) done * size, bytes);
            dtype.decode(bytes, values, done, count);
            done += count;
        }
        return values;
    }

    /** The tensor of this name, which must be there. */
    public Entry entry(String name) {
        var entry = header.entries().get(name);
        if (entry == null) {
            throw new IllegalArgumentException(file + " has no tensor '" + name + "'");
        }
        return entry;
    }

    /** Fills the buffer up to its limit from this place of the file on, and rewinds it. */
    static void readFully(Path file, FileChannel channel, long from, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, from + bytes.position()) < 0) {
                throw new IOException(file + " ended while it was read: another program may be writing it");
            }
        }
        bytes.flip();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
