package dev.obverse.backend;

/**
 * How two arrays are read against one result: per axis of the result its extent and both inputs' strides, zero along a
 * broadcast axis. Adjacent axes that can be read as one have been merged, so most operations arrive with one or two.
 *
 * @param extents extents of the result, outermost first; never empty
 * @param stridesA elements to step in {@code a} along each axis
 * @param stridesB elements to step in {@code b} along each axis
 */
public record Broadcast(int[] extents, int[] stridesA, int[] stridesB) {

    /** Both inputs have the result's shape. */
    public static Broadcast none(int length) {
        return new Broadcast(new int[] {length}, new int[] {1}, new int[] {1});
    }

    /** Number of elements of the result. */
    public int length() {
        int length = 1;
        for (int extent : extents) {
            length *= extent;
        }
        return length;
    }
}
