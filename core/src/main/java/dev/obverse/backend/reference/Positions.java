package dev.obverse.backend.reference;

/** Where the elements of a strided array lie. */
final class Positions {
    private Positions() {}

    /** Offset of the {@code i}-th element, row-major over {@code extents}, of an array with these strides. */
    static int of(int i, int[] extents, int[] strides) {
        int offset = 0;
        for (int axis = extents.length - 1; axis >= 0; axis--) {
            offset += i % extents[axis] * strides[axis];
            i /= extents[axis];
        }
        return offset;
    }
}
