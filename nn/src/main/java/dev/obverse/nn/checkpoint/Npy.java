package dev.obverse.nn.checkpoint;

import dev.obverse.tensor.Shape;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/**
 * Arrays in NumPy's format: {@code .npy}, one array, and {@code .npz}, several by name. Numbers of any type are read;
 * Python objects are not. What is read is no larger than the file, whose data must fit the shape in its header.
 *
 * @param values row-major
 */
public record Npy(Shape shape, double[] values) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*'([<>|=]?)([fiub])(\\d+)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d,\\s]*)\\)");

    /** The values in single precision. */
    public float[] floats() {
        var floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    /**
     * Reads a {@code .npy} file.
     *
     * @throws IOException in one sentence that names the file and what is wrong with it
     */
    public static Npy read(Path file) throws IOException {
        return of(file.toString(), Files.readAllBytes(file));
    }

    /**
     * Reads a {@code .npz} file: arrays by name, in the order of the file.
     *
     * @throws IOException in one sentence that names the file and what is wrong with it
     */
    public static SequencedMap<String, Npy> readAll(Path file) throws IOException {
        var arrays = new LinkedHashMap<String, Npy>();
        long limit = Math.max(1 << 20, 200 * Files.size(file));
        try (var zip = new ZipInputStream(Files.newInputStream(file))) {
            for (ZipEntry entry; (entry = zip.getNextEntry()) != null; ) {
                var content = bounded(zip, file, limit);
                limit -= content.length;
                arrays.put(entry.getName().replaceAll("\\.npy$", ""), of(file + " " + entry.getName(), content));
            }
        } catch (IllegalArgumentException | ZipException | EOFException e) {
            throw new IOException(file + " is not a valid npz file: " + e.getMessage(), e);
        }
        if (arrays.isEmpty()) {
            throw new IOException(file + " is not an npz file: it has no arrays");
        }
        return arrays;
    }

    /** A small archive must not unpack into a large one. */
    private static byte[] bounded(InputStream in, Path file, long limit) throws IOException {
        var content = in.readNBytes((int) Math.min(limit, Integer.MAX_VALUE - 8));
        if (in.read() >= 0) {
            throw new IOException(file + " unpacks to more than 200 times its size");
        }
        return content;
    }

    static Npy of(String name, byte[] content) throws IOException {
        if (content.length < 10 || !Arrays.equals(content, 0, 6, MAGIC, 0, 6)) {
            throw invalid(name, "it does not begin as one");
        }
        var bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        int version = content[6];
        int lengthBytes = version == 1 ? 2 : 4;
        long headerLength = version == 1 ? bytes.getShort(8) & 0xFFFF : bytes.limit() < 12 ? -1 : bytes.getInt(8);
        long dataAt = 8 + lengthBytes + headerLength;
        if (version < 1 || version > 3 || headerLength < 0 || dataAt > content.length) {
            throw invalid(name, "its version " + version + " or its header's length " + headerLength + " is wrong");
        }
        var header = new String(content, 8 + lengthBytes, (int) headerLength, StandardCharsets.UTF_8);
        var type = TYPE.matcher(header);
        var order = ORDER.matcher(header);
        var extents = SHAPE.matcher(header);
        if (!type.find() || !order.find() || !extents.find()) {
            throw invalid(name, "its header does not describe an array of numbers: " + header.strip());
        }
        var shape = shape(name, extents.group(1));
        int width = Integer.parseInt(type.group(3).length() > 2 ? "99" : type.group(3));
        if (shape.size() * (long) width != content.length - dataAt) {
            throw invalid(
                    name,
                    "shape " + shape + " of " + width + "-byte numbers does not fit its " + (content.length - dataAt)
                            + " bytes of data");
        }
        bytes.order(type.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        var values = new double[shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = number(name, type.group(2) + width, bytes, (int) dataAt + i * width);
        }
        return order.group(1).equals("True") ? new Npy(shape, rowMajor(values, shape)) : new Npy(shape, values);
    }

    private static double number(String name, String type, ByteBuffer bytes, int at) throws IOException {
        return switch (type) {
            case "f4" -> bytes.getFloat(at);
            case "f8" -> bytes.getDouble(at);
            case "f2" -> Float.float16ToFloat(bytes.getShort(at));
            case "i1" -> bytes.get(at);
            case "u1", "b1" -> bytes.get(at) & 0xFF;
            case "i2" -> bytes.getShort(at);
            case "u2" -> bytes.getShort(at) & 0xFFFF;
            case "i4" -> bytes.getInt(at);
            case "u4" -> bytes.getInt(at) & 0xFFFF_FFFFL;
            case "i8" -> bytes.getLong(at);
            default -> throw invalid(name, "numbers of type " + type + " cannot be read");
        };
    }

    private static Shape shape(String name, String list) throws IOException {
        try {
            return Shape.of(Arrays.stream(list.split(","))
                    .map(String::strip)
                    .filter(s -> !s.isEmpty())
                    .mapToInt(Integer::parseInt)
                    .toArray());
        } catch (IllegalArgumentException e) {
            throw new IOException(name + " is not a valid npy file: its shape (" + list + ") is too large", e);
        }
    }

    private static double[] rowMajor(double[] columnMajor, Shape shape) {
        var values = new double[columnMajor.length];
        var index = new int[shape.rank()];
        for (int i = 0; i < values.length; i++) {
            int from = 0;
            for (int axis = index.length - 1; axis >= 0; axis--) {
                from = from * shape.dim(axis) + index[axis];
            }
            values[i] = columnMajor[from];
            for (int axis = index.length - 1; axis >= 0 && ++index[axis] == shape.dim(axis); axis--) {
                index[axis] = 0;
            }
        }
        return values;
    }

    /**
     * Writes single-precision numbers as a {@code .npy} file, complete or not at all.
     *
     * @param values row-major, as many as the shape has elements
     * @throws IllegalArgumentException for another number of values
     */
    public static void write(Path file, Shape shape, float[] values) throws IOException {
        if (values.length != shape.size()) {
            throw new IllegalArgumentException(
                    "An array of shape " + shape + " has " + shape.size() + " values, not " + values.length);
        }
        var extents = Arrays.toString(shape.toArray()).replace("[", "(").replace("]", shape.rank() == 1 ? ",)" : ")");
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': " + extents + ", }";
        int length = Math.ceilDiv(10 + header.length() + 1, 64) * 64 - 10;
        var bytes = ByteBuffer.allocate(10 + length + 4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) length);
        bytes.put((header + " ".repeat(length - header.length() - 1) + "\n").getBytes(StandardCharsets.US_ASCII));
        bytes.asFloatBuffer().put(values);
        AtomicFile.write(file, bytes.array());
    }

    private static IOException invalid(String name, String why) {
        return new IOException(name + " is not a valid npy file: " + why);
    }
}
