package dev.obverse.backend;

/**
 * A strided copy: {@code target[targetOffset + i . targetStrides] = source[sourceOffset + i . sourceStrides]} for every
 * index {@code i} below {@code extents}. Permute, concat, slice, pad, flip and broadcast are all this one loop; a
 * negative source stride flips, a zero one repeats.
 */
public record CopySpec(int[] extents, int sourceOffset, int[] sourceStrides, int targetOffset, int[] targetStrides) {

    /** Number of elements copied. */
    public int length() {
        int length = 1;
        for (int extent : extents) {
            length *= extent;
        }
        return length;
    }
}
