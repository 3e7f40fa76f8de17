package dev.obverse.nn.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.obverse.nn.onnx.op.ElementType;
import dev.obverse.nn.onnx.op.Value;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tensors of a graph. Memory is asked for only after the data that fill it have been found, and data outside
 * of the file must lie in its folder.
 */
final class TensorReader {
    private final @Nullable Path folder;

    /** For a file in a folder; null if there is none and external data are refused. */
    TensorReader(@Nullable Path folder) {
        this.folder = folder;
    }

    /** The values of a tensor, on the CPU. */
    Value read(TensorProto proto) throws IOException {
        var what = "tensor '" + proto.getName() + "'";
        ElementType type;
        try {
            type = ElementType.of(proto.getDataType());
        } catch (IllegalArgumentException e) {
            throw new IOException(what + ": " + e.getMessage(), e);
        }
        var shape = shape(what, proto);
        long bytes = (long) shape.size() * type.bytes();
        if (proto.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
            return decode(type, shape, external(what, proto, bytes));
        }
        if (proto.hasRawData() || shape.size() == 0) {
            ByteString raw = proto.getRawData();
            if (raw.size() != bytes) {
                throw new IOException(
                        what + " of type " + type + shape + " needs " + bytes + " bytes, but has " + raw.size());
            }
            return decode(type, shape, raw.asReadOnlyByteBuffer());
        }
        return listed(what, proto, type, shape);
    }

    private static Shape shape(String what, TensorProto proto) throws IOException {
        try {
            return Shape.of(
                    proto.getDimsList().stream().mapToInt(Math::toIntExact).toArray());
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw new IOException(
                    what + " has shape " + proto.getDimsList() + ", which is negative or has 2^31 elements or more", e);
        }
    }

    private static Value decode(ElementType type, Shape shape, ByteBuffer data) {
        var bytes = data.order(ByteOrder.LITTLE_ENDIAN);
        int n = shape.size();
        if (type.isFloat()) {
            var values = new float[n];
            switch (type) {
                case FLOAT -> bytes.asFloatBuffer().get(values);
                case DOUBLE -> {
                    for (int i = 0; i < n; i++) {
                        values[i] = (float) bytes.getDouble(8 * i);
                    }
                }
                default -> {
                    for (int i = 0; i < n; i++) {
                        values[i] = half(type, bytes.getShort(2 * i));
                    }
                }
            }
            return Value.plain(type, Tensor.of(Device.cpu(), values, shape));
        }
        var values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = type.cast(
                    switch (type.bytes()) {
                        case 1 -> bytes.get(i);
                        case 2 -> bytes.getShort(2 * i);
                        case 4 -> bytes.getInt(4 * i);
                        default -> bytes.getLong(8 * i);
                    });
        }
        return Value.integers(type, values, shape.toArray());
    }

    private static float half(ElementType type, short bits) {
        return type == ElementType.FLOAT16 ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << 16);
    }

    /** Values in the lists that the format has for each type. */
    private static Value listed(String what, TensorProto proto, ElementType type, Shape shape) throws IOException {
        int count = switch (type) {
            case FLOAT -> proto.getFloatDataCount();
            case DOUBLE -> proto.getDoubleDataCount();
            case INT64 -> proto.getInt64DataCount();
            case UINT32, UINT64 -> proto.getUint64DataCount();
            default -> proto.getInt32DataCount();
        };
        if (count != shape.size()) {
            throw new IOException(what + " of shape " + shape + " needs " + shape.size() + " values, but has " + count);
        }
        var values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = switch (type) {
                case FLOAT -> proto.getFloatData(i);
                case DOUBLE -> proto.getDoubleData(i);
                case INT64 -> type.cast((double) proto.getInt64Data(i));
                case UINT32, UINT64 -> type.cast((double) proto.getUint64Data(i));
                case FLOAT16, BFLOAT16 -> half(type, (short) proto.getInt32Data(i));
                default -> type.cast(proto.getInt32Data(i));
            };
        }
        return Value.of(type, Device.cpu(), values, shape);
    }

    private ByteBuffer external(String what, TensorProto proto, long bytes) throws IOException {
        var entries = new HashMap<String, String>();
        proto.getExternalDataList().forEach(e -> entries.put(e.getKey(), e.getValue()));
        var file = inFolder(what, entries.getOrDefault("location", ""));
        long size = Files.size(file);
        long offset = number(what, entries.get("offset"), 0);
        long length = number(what, entries.get("length"), size - offset);
        if (offset < 0 || length < 0 || offset > size || length > size - offset) {
            throw new IOException(what + " would lie at bytes " + offset + " to " + (offset + length) + " of " + file
                    + ", which has " + size);
        }
        if (length != bytes) {
            throw new IOException(what + " needs " + bytes + " bytes, but " + length + " are given in " + file);
        }
        if (bytes > Integer.MAX_VALUE - 8) {
            throw new IOException(what + " has " + bytes + " bytes of external data, and 2^31 is the limit");
        }
        var buffer = ByteBuffer.allocate((int) bytes);
        try (var channel = FileChannel.open(file)) {
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, offset + buffer.position()) < 0) {
                    throw new IOException(file + " ended while it was read");
                }
            }
        }
        return buffer.flip();
    }

    private Path inFolder(String what, String location) throws IOException {
        if (folder == null) {
            throw new IOException(what + " lies in another file, '" + location + "', which cannot be read from here");
        }
        Path file;
        try {
            file = folder.resolve(location).normalize();
        } catch (InvalidPathException e) {
            throw new IOException(what + " names a file '" + location + "' that cannot be", e);
        }
        if (location.isEmpty() || Path.of(location).isAbsolute() || !file.startsWith(folder.normalize())) {
            throw outside(what, location);
        }
        if (!Files.isRegularFile(file)) {
            throw new IOException(what + " lies in " + file + ", which does not exist");
        }
        // A link may lead out of the folder too.
        if (!file.toRealPath().startsWith(folder.toRealPath())) {
            throw outside(what, location);
        }
        return file;
    }

    private IOException outside(String what, String location) {
        return new IOException(what + " would be read from '" + location + "', which is not in the folder " + folder);
    }

    private static long number(String what, @Nullable String text, long otherwise) throws IOException {
        try {
            return text == null ? otherwise : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IOException(what + " has external data at '" + text + "', which is not a number", e);
        }
    }
}
