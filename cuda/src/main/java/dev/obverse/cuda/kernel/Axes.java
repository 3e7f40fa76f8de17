package dev.obverse.cuda.kernel;

import java.util.Arrays;

/**
 * Axes that two arrays are walked along together, as few as possible: axes of extent 1 are gone, and neighbours that
 * both arrays step through evenly are one.
 */
record Axes(int[] extents, int[] first, int[] second) {
    /** As in {@code prelude.cuh}. */
    static final int MOST = 8;

    static Axes of(String kernel, int[] extents, int[] first, int[] second) {
        var e = new int[extents.length];
        var a = new int[extents.length];
        var b = new int[extents.length];
        int n = 0;
        for (int i = 0; i < extents.length; i++) {
            int extent = extents[i];
            if (extent == 1) {
                continue;
            }
            if (n > 0 && a[n - 1] == first[i] * extent && b[n - 1] == second[i] * extent) {
                n--;
                extent *= e[n];
            }
            e[n] = extent;
            a[n] = first[i];
            b[n] = second[i];
            n++;
        }
        if (n > MOST) {
            throw new IllegalArgumentException(kernel + ": " + n
                    + " axes that cannot be read as fewer are more than the " + MOST + " that a card's kernel takes;"
                    + " permute or broadcast in two steps");
        }
        return n == 0
                ? new Axes(new int[] {1}, new int[1], new int[1])
                : new Axes(Arrays.copyOf(e, n), Arrays.copyOf(a, n), Arrays.copyOf(b, n));
    }

    /** Whether both arrays are walked from one element to the next. */
    boolean dense() {
        return extents.length == 1 && first[0] == 1 && second[0] == 1;
    }

    /** Whether four elements can be moved as one: the last axis is contiguous and everything is a multiple of 4. */
    boolean byFours(int firstOffset, int secondOffset) {
        int last = extents.length - 1;
        boolean fours = first[last] == 1 && second[last] == 1 && extents[last] % 4 == 0;
        fours &= firstOffset % 4 == 0 && secondOffset % 4 == 0;
        for (int i = 0; i < last; i++) {
            fours &= first[i] % 4 == 0 && second[i] % 4 == 0;
        }
        return fours;
    }

    /** These axes with four elements as one. */
    Axes fours() {
        int last = extents.length - 1;
        var e = extents.clone();
        e[last] /= 4;
        var a = Arrays.stream(first).map(s -> s / 4).toArray();
        var b = Arrays.stream(second).map(s -> s / 4).toArray();
        a[last] = 1;
        b[last] = 1;
        return new Axes(e, a, b);
    }

    /** The struct of {@code prelude.cuh}. */
    int[] fields() {
        var fields = new int[1 + 5 * MOST];
        fields[0] = extents.length;
        for (int i = 0; i < extents.length; i++) {
            System.arraycopy(Divisors.of(Math.max(1, extents[i])), 0, fields, 1 + 3 * i, 3);
            fields[1 + 3 * MOST + i] = first[i];
            fields[1 + 4 * MOST + i] = second[i];
        }
        return fields;
    }
}
