package dev.obverse.backend.cpu.conv;

import java.util.Arrays;

/**
 * The right operand of a tiled product, cut into panels of at most {@code width} columns and stored one panel after the
 * other, so that a kernel reads it strictly in sequence. A last panel of at most half the width is stored at half the
 * width; missing columns are zero.
 */
public final class Panels {
    private Panels() {}

    /** Number of panels for {@code columns} columns. */
    public static int count(int columns, int width) {
        return (columns + width - 1) / width;
    }

    /** Stored columns of a panel that starts at {@code column}: {@code width} or half of it. */
    public static int storedWidth(int columns, int column, int width) {
        return columns - column > width / 2 ? width : width / 2;
    }

    /**
     * Packs the weights of one tap and group of {@code at}, for source channels {@code from} up to {@code to}, into all
     * panels: the weights are read in runs as long as they are stored.
     */
    public static void packWeights(
            Correlation at, int group, int tap, int from, int to, int width, float[] weight, float[] packed) {
        int source = at.groupSource();
        int result = at.groupResult();
        int kernel = at.taps().get(tap).kernel();
        int panels = count(result, width);
        if (at.transposed()) {
            // Weight [tap, result channel of the group, all source channels].
            int w = kernel * result * at.sourceChannels() + group * source + from;
            for (int column = 0; column < result; column += width) {
                int stored = storedWidth(result, column, width);
                int o = (group * panels + column / width) * at.inner() * width + (tap * source + from) * stored;
                int valid = Math.min(stored, result - column);
                int f = w + column * at.sourceChannels();
                transpose(weight, f, at.sourceChannels(), valid, to - from, packed, o, stored);
            }
            return;
        }
        // Weight [tap, source channel of the group, all result channels].
        for (int channel = from; channel < to; channel++) {
            int w = (kernel * source + channel) * at.resultChannels() + group * result;
            for (int column = 0; column < result; column += width) {
                int stored = storedWidth(result, column, width);
                int o = (group * panels + column / width) * at.inner() * width + (tap * source + channel) * stored;
                copy(weight, w + column, 0, Math.min(stored, result - column), 1, packed, o, stored);
            }
        }
    }

    /** Copies {@code rows} rows of {@code valid} columns, {@code stride} apart, into rows of {@code stored} columns. */
    public static void copy(float[] from, int i, int stride, int valid, int rows, float[] to, int o, int stored) {
        for (int r = 0; r < rows; r++) {
            System.arraycopy(from, i, to, o, valid);
            if (valid < stored) {
                Arrays.fill(to, o + valid, o + stored, 0f);
            }
            i += stride;
            o += stored;
        }
    }

    /** As {@link #copy} of a matrix stored by columns: column {@code c} is at {@code i + c*stride}. */
    public static void transpose(float[] from, int i, int stride, int valid, int rows, float[] to, int o, int stored) {
        int c = 0;
        for (; c + 8 <= valid; c += 8) {
            transpose8(from, i + c * stride, stride, rows, to, o + c, stored);
        }
        for (; c < valid; c++) {
            int q = i + c * stride;
            for (int r = 0; r < rows; r++) {
                to[o + r * stored + c] = from[q + r];
            }
        }
        for (; c < stored; c++) {
            for (int r = 0; r < rows; r++) {
                to[o + r * stored + c] = 0f;
            }
        }
    }

    /** Eight columns at once, so that every touched cache line of the result takes eight values. */
    private static void transpose8(float[] from, int i, int stride, int rows, float[] to, int o, int stored) {
        int i1 = i + stride;
        int i2 = i1 + stride;
        int i3 = i2 + stride;
        int i4 = i3 + stride;
        int i5 = i4 + stride;
        int i6 = i5 + stride;
        int i7 = i6 + stride;
        for (int r = 0; r < rows; r++) {
            to[o] = from[i + r];
            to[o + 1] = from[i1 + r];
            to[o + 2] = from[i2 + r];
            to[o + 3] = from[i3 + r];
            to[o + 4] = from[i4 + r];
            to[o + 5] = from[i5 + r];
            to[o + 6] = from[i6 + r];
            to[o + 7] = from[i7 + r];
            o += stored;
        }
    }
}
