package dev.obverse.nn.checkpoint;

import dev.obverse.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

/** A tensor of a PyTorch file: a view of memory that others may share, copied out when it is read. */
public final class StoredTensor {
    private final PyTorchFile.Storage storage;
    private final int offset;
    private final Shape shape;
    private final long[] strides;

    private StoredTensor(PyTorchFile.Storage storage, int offset, Shape shape, long[] strides) {
        this.storage = storage;
        this.offset = offset;
        this.shape = shape;
        this.strides = strides;
    }

    static StoredTensor view(PyTorchFile.Storage storage, long offset, long[] extents, long[] strides)
            throws IOException {
        if (extents.length != strides.length || offset < 0) {
            throw new IOException("a tensor's shape and strides do not fit together");
        }
        Shape shape;
        try {
            shape = Shape.of(Arrays.stream(extents).mapToInt(Math::toIntExact).toArray());
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw new IOException("a tensor's shape " + Arrays.toString(extents) + " is negative or too large", e);
        }
        long last = offset;
        for (int i = 0; i < extents.length; i++) {
            if (strides[i] < 0 || strides[i] > Integer.MAX_VALUE) {
                throw new IOException("a tensor's stride " + strides[i] + " is negative or too large");
            }
            last += (extents[i] - 1) * strides[i];
        }
        if ((shape.size() > 0 && last >= storage.elements) || shape.size() > storage.elements) {
            throw new IOException(
                    "a tensor of shape " + shape + " reaches beyond its data of " + storage.elements + " elements");
        }
        return new StoredTensor(storage, (int) Math.min(offset, Integer.MAX_VALUE), shape, strides);
    }

    public DType dtype() {
        return storage.dtype;
    }

    public Shape shape() {
        return shape;
    }

    /** The values, row-major; whole numbers and truth values as numbers. */
    public double[] values() {
        var values = new double[shape.size()];
        var index = new int[shape.rank()];
        var data = Objects.requireNonNull(storage.data, "a file that was read has all its data");
        for (int i = 0; i < values.length; i++) {
            long at = offset;
            for (int axis = 0; axis < index.length; axis++) {
                at += index[axis] * strides[axis];
            }
            values[i] = value(data, storage.dtype, (int) at);
            for (int axis = index.length - 1; axis >= 0 && ++index[axis] == shape.dim(axis); axis--) {
                index[axis] = 0;
            }
        }
        return values;
    }

    /** The values in single precision. */
    public float[] floats() {
        var values = values();
        var floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    private static double value(ByteBuffer data, DType dtype, int i) {
        return switch (dtype) {
            case F32 -> data.getFloat(4 * i);
            case F64 -> data.getDouble(8 * i);
            case F16 -> Float.float16ToFloat(data.getShort(2 * i));
            case BF16 -> Float.intBitsToFloat(data.getShort(2 * i) << 16);
            case I64 -> data.getLong(8 * i);
            case I32 -> data.getInt(4 * i);
            case I16 -> data.getShort(2 * i);
            case I8 -> data.get(i);
            case U8, BOOL -> data.get(i) & 0xFF;
            default -> throw new IllegalStateException(dtype + " is not a type of PyTorch's old storages");
        };
    }
}
