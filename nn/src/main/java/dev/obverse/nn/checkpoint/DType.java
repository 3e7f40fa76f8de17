package dev.obverse.nn.checkpoint;

import java.nio.ByteBuffer;

/** Element types of the safetensors format, all little-endian. Only F16, BF16, F32 and F64 can be read as a tensor. */
public enum DType {
    F16(2),
    BF16(2),
    F32(4),
    F64(8),
    BOOL(1),
    U8(1),
    I8(1),
    F8_E5M2(1),
    F8_E4M3(1),
    I16(2),
    U16(2),
    I32(4),
    U32(4),
    I64(8),
    U64(8),
    /** One that came with a later version of the format, such as F4, of which only the extent in bytes is known. */
    UNKNOWN(0);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** The type of this name; {@link #UNKNOWN} if there is none here. */
    static DType of(String name) {
        for (var dtype : values()) {
            if (dtype.name().equals(name)) {
                return dtype;
            }
        }
        return UNKNOWN;
    }

    /** Size of one element; 0 if it is not known. */
    public int bytes() {
        return bytes;
    }

    /** Whether tensors of this type can be read; they become float32. */
    public boolean isReadable() {
        return switch (this) {
            case F16, BF16, F32, F64 -> true;
            default -> false;
        };
    }

    /** Converts {@code count} elements, from the buffer's position on. */
    void decode(ByteBuffer from, float[] to, int at, int count) {
        switch (this) {
            case F32 -> from.asFloatBuffer().get(to, at, count);
            case F64 -> {
                for (int i = 0; i < count; i++) {
                    to[at + i] = (float) from.getDouble(8 * i);
                }
            }
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    to[at + i] = Float.float16ToFloat(from.getShort(2 * i));
                }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    to[at + i] = Float.intBitsToFloat(from.getShort(2 * i) << 16);
                }
            }
            default -> throw new IllegalStateException(this + " has no conversion to float32");
        }
    }
}
