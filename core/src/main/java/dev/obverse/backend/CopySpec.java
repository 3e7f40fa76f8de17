package dev.obverse.backend;

/**
 * A strided copy: {@code target[targetOffset + i . targetStrides] = source[sourceOffset + i . sourceStrides]} for every
 * index {@code i} below {@code extents}. Permute, concat, slice, pad, flip and broadcast are all this one loop; a
 * negative source stride flips, a zero one repeats.
 */
public record CopySpec(int[] extents, int sourceOffset, int[] sourceStrides, int targetOffset, int[] targetStrides) {

    /**
     * Columns of a matrix: {@code width} columns from {@code from} on of rows of {@code fromWidth} become those from
     * {@code to} on of rows of {@code toWidth}.
     */
    public static CopySpec columns(int rows, int width, int from, int fromWidth, int to, int toWidth) {
        return new CopySpec(new int[] {rows, width}, from, new int[] {fromWidth, 1}, to, new int[] {toWidth, 1});
    }

    /** Number of elements copied. */
    public int length() {
        int length = 1;
        for (int extent : extents) {
            length *= extent;
        }
        return length;
    }
}
