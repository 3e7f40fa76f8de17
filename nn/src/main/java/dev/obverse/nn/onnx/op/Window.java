package dev.obverse.nn.onnx.op;

import java.util.Arrays;

/**
 * The attributes that convolutions and pooling share, for any number of spatial axes. A list that the node leaves out
 * is empty until {@link #over} knows the number of axes.
 */
record Window(int[] kernel, int[] strides, int[] dilations, int[] before, int[] after, String autoPad, boolean ceil) {
    private static final int LARGEST = 1 << 16;

    static Window of(Node node) {
        var pads = ints(node, "pads", 0);
        if (pads.length % 2 != 0) {
            throw new IllegalArgumentException("its attribute 'pads' has an odd number of values");
        }
        return new Window(
                ints(node, "kernel_shape", 1),
                ints(node, "strides", 1),
                ints(node, "dilations", 1),
                Arrays.copyOf(pads, pads.length / 2),
                Arrays.copyOfRange(pads, pads.length / 2, pads.length),
                node.text("auto_pad", "NOTSET"),
                node.flag("ceil_mode", false));
    }

    private static int[] ints(Node node, String name, int least) {
        var values = node.ints(name);
        for (long value : values) {
            if (value < least || value > LARGEST) {
                throw new IllegalArgumentException("its attribute '" + name + "' has the value " + value + ", not from "
                        + least + " to " + LARGEST);
            }
        }
        return Arrays.stream(values).mapToInt(Value::toInt).toArray();
    }

    /** This window with everything that was left out, for images of these spatial extents. */
    Window over(int[] spatial, int[] kernelOfWeights) {
        int rank = spatial.length;
        var k = kernel.length == 0 ? kernelOfWeights : kernel;
        var filled = new Window(
                check("kernel_shape", k, rank),
                check("strides", strides.length == 0 ? ones(rank) : strides, rank),
                check("dilations", dilations.length == 0 ? ones(rank) : dilations, rank),
                check("pads", before.length == 0 ? new int[rank] : before, rank).clone(),
                check("pads", after.length == 0 ? new int[rank] : after, rank).clone(),
                autoPad,
                ceil);
        switch (autoPad) {
            case "NOTSET", "VALID" -> {}
            case "SAME_UPPER", "SAME_LOWER" -> filled.same(spatial);
            default ->
                throw new IllegalArgumentException(
                        "its attribute 'auto_pad' is '" + autoPad + "', not NOTSET, VALID, SAME_UPPER or SAME_LOWER");
        }
        return filled;
    }

    /** As many results as there are steps in the image; the padding is shared between both sides. */
    private void same(int[] spatial) {
        for (int i = 0; i < spatial.length; i++) {
            int out = Math.ceilDiv(spatial[i], strides[i]);
            split(i, Math.max(0, (out - 1) * strides[i] + extent(i) - spatial[i]));
        }
    }

    /** Lays {@code total} of padding around axis {@code i}; the odd one lies where {@code auto_pad} says. */
    void split(int i, int total) {
        before[i] = autoPad.equals("SAME_UPPER") ? total / 2 : total - total / 2;
        after[i] = total - before[i];
    }

    /** How far the window reaches along an axis. */
    int extent(int i) {
        return dilations[i] * (kernel[i] - 1) + 1;
    }

    /** Number of results along an axis. */
    int out(int i, int in) {
        int room = in + before[i] + after[i] - extent(i);
        if (room < 0) {
            throw new IllegalArgumentException("its window of " + extent(i) + " does not fit into " + in
                    + " pixels padded by " + before[i] + " and " + after[i]);
        }
        int out = (ceil ? Math.ceilDiv(room, strides[i]) : room / strides[i]) + 1;
        // A window must not begin in the padding after the image.
        return ceil && (out - 1) * strides[i] >= in + before[i] ? out - 1 : out;
    }

    private static int[] check(String name, int[] values, int rank) {
        if (values.length != rank) {
            throw new IllegalArgumentException(
                    "its attribute '" + name + "' has " + values.length + " values for " + rank + " spatial axes");
        }
        return values;
    }

    private static int[] ones(int count) {
        var ones = new int[count];
        Arrays.fill(ones, 1);
        return ones;
    }
}
