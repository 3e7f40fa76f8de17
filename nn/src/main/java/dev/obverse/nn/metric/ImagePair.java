package dev.obverse.nn.metric;

import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.util.Arrays;

/** Checks what an image metric is given, and cuts batches into single images. */
final class ImagePair {
    /** A metric of two images with equal extents, {@code [H,W,C]} row-major. */
    interface Metric {
        double of(float[] image, float[] reference, Shape hwc);
    }

    private ImagePair() {}

    static void check(String metric, float[] image, float[] reference, Shape hwc) {
        if (hwc.rank() != 3 || hwc.size() == 0) {
            throw new IllegalArgumentException(
                    metric + " compares images of shape [H,W,C] with no extent 0, but was given " + hwc);
        }
        if (image.length != hwc.size() || reference.length != hwc.size()) {
            throw new IllegalArgumentException(metric + ": images of shape " + hwc + " have " + hwc.size()
                    + " values, but the image has " + image.length + " and the reference " + reference.length);
        }
    }

    static double[] eachOf(String name, Tensor images, Tensor references, Metric metric) {
        var shape = images.shape();
        if (shape.rank() != 4 || !shape.equals(references.shape())) {
            throw new IllegalArgumentException(name + " compares two batches of one shape [N,H,W,C], but was given "
                    + shape + " and " + references.shape());
        }
        var hwc = Shape.of(shape.dim(1), shape.dim(2), shape.dim(3));
        var a = images.toArray();
        var b = references.toArray();
        var values = new double[shape.dim(0)];
        for (int n = 0; n < values.length; n++) {
            int from = n * hwc.size();
            int to = from + hwc.size();
            values[n] = metric.of(Arrays.copyOfRange(a, from, to), Arrays.copyOfRange(b, from, to), hwc);
        }
        return values;
    }
}
