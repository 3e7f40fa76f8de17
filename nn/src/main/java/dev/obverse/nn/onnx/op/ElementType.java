package dev.obverse.nn.onnx.op;

import java.util.Arrays;

/**
 * Element types of ONNX tensors that can be read.
 *
 * <p>Floating-point ones are computed in float32 whatever their width. Integers and truth values are whole numbers in
 * float64 on the reference device, exact up to 2^53: they are shapes and indices, and it makes one code serve both.
 */
public enum ElementType {
    FLOAT(1, 4),
    UINT8(2, 1),
    INT8(3, 1),
    UINT16(4, 2),
    INT16(5, 2),
    INT32(6, 4),
    INT64(7, 8),
    BOOL(9, 1),
    FLOAT16(10, 2),
    DOUBLE(11, 8),
    UINT32(12, 4),
    UINT64(13, 8),
    BFLOAT16(16, 2);

    private final int code;
    private final int bytes;

    ElementType(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /** The type with this number in the format's {@code TensorProto.DataType}. */
    public static ElementType of(int code) {
        for (var type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        throw new IllegalArgumentException(
                "elements of ONNX type " + code + " cannot be read, only those of " + Arrays.toString(values()));
    }

    /** The number of this type in the format. */
    public int code() {
        return code;
    }

    /** Size of one element in {@code raw_data}. */
    public int bytes() {
        return bytes;
    }

    public boolean isFloat() {
        return this == FLOAT || this == FLOAT16 || this == DOUBLE || this == BFLOAT16;
    }

    /** The value that a number becomes when it is cast to this type: rounded, cut off or wrapped round. */
    public double cast(double value) {
        return switch (this) {
            case FLOAT -> (float) value;
            case DOUBLE -> value;
            case FLOAT16 -> Float.float16ToFloat(Float.floatToFloat16((float) value));
            case BFLOAT16 -> Float.intBitsToFloat(upperHalf((float) value) << 16);
            case BOOL -> value != 0 ? 1 : 0;
            case INT8 -> (byte) (long) value;
            case UINT8 -> (long) value & 0xFF;
            case INT16 -> (short) (long) value;
            case UINT16 -> (long) value & 0xFFFF;
            case INT32 -> (int) (long) value;
            case UINT32 -> (long) value & 0xFFFF_FFFFL;
            case INT64 -> (double) (long) value;
            case UINT64 -> value < 0 ? 0x1p64 + (long) value : Math.floor(value);
        };
    }

    /** The bits of bfloat16, rounded to nearest even. */
    private static int upperHalf(float value) {
        int bits = Float.floatToRawIntBits(value);
        return Float.isNaN(value) ? (bits >>> 16) | 0x40 : (bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16;
    }
}
