package dev.obverse.tensor;

import java.util.Arrays;

/** The extents of a tensor, outermost first. A scalar has none. Extents may be zero. */
public final class Shape {
    private final int[] extents;
    private final int size;

    private Shape(int[] extents) {
        long size = 1;
        for (int extent : extents) {
            if (extent < 0) {
                throw new IllegalArgumentException(
                        "Shape " + Arrays.toString(extents) + " has a negative extent; every extent must be 0 or more");
            }
            size *= extent;
            if (size > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("Shape " + Arrays.toString(extents)
                        + " has more than 2^31-1 elements; split the work into smaller batches");
            }
        }
        this.extents = extents;
        this.size = (int) size;
    }

    public static Shape of(int... extents) {
        return new Shape(extents.clone());
    }

    public int rank() {
        return extents.length;
    }

    /** Extent of an axis; negative axes count from the end, so {@code dim(-1)} is the last. */
    public int dim(int axis) {
        return extents[axis(axis)];
    }

    /** Number of elements, 1 for a scalar. */
    public int size() {
        return size;
    }

    /** The axis as an index from 0, with negative axes counted from the end. */
    public int axis(int axis) {
        int index = axis < 0 ? axis + extents.length : axis;
        if (index < 0 || index >= extents.length) {
            throw new IllegalArgumentException(
                    "Axis " + axis + " does not exist in shape " + this + ", which has rank " + rank());
        }
        return index;
    }

    /** Product of the extents of axes {@code from} (inclusive) to {@code to} (exclusive). */
    public int product(int from, int to) {
        int product = 1;
        for (int i = from; i < to; i++) {
            product *= extents[i];
        }
        return product;
    }

    /** The same shape with one extent replaced. */
    public Shape with(int axis, int extent) {
        var copy = extents.clone();
        copy[axis(axis)] = extent;
        return new Shape(copy);
    }

    /** Elements to step in a dense row-major array along each axis. */
    public int[] strides() {
        var strides = new int[extents.length];
        int stride = 1;
        for (int i = extents.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= extents[i];
        }
        return strides;
    }

    public int[] toArray() {
        return extents.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape s && Arrays.equals(extents, s.extents);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(extents);
    }

    @Override
    public String toString() {
        return Arrays.toString(extents).replace(" ", "");
    }
}
