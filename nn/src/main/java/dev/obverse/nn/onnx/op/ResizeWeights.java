package dev.obverse.nn.onnx.op;

import java.util.stream.IntStream;

/** Where the elements of a resized axis lie in the original one, and with which weights its elements count. */
record ResizeWeights(
        String mode, String coordinates, String rounding, double cubic, boolean excludeOutside, boolean antialias) {

    /**
     * One axis.
     *
     * @param scale out over in, before rounding
     * @param from beginning of the region of interest, as a share; likewise {@code to}
     */
    record Axis(int in, int out, double scale, double from, double to) {}

    ResizeWeights {
        if (!mode.equals("nearest") && !mode.equals("linear") && !mode.equals("cubic")) {
            throw new IllegalArgumentException("its mode '" + mode + "' is not nearest, linear or cubic");
        }
    }

    boolean isNearest() {
        return mode.equals("nearest");
    }

    boolean isCrop() {
        return coordinates.equals("tf_crop_and_resize");
    }

    /** Whether this is linear interpolation between the middles of pixels. */
    boolean isBilinear() {
        return mode.equals("linear")
                && !antialias
                && !excludeOutside
                && (coordinates.equals("half_pixel") || coordinates.equals("pytorch_half_pixel"));
    }

    /** Where element {@code i} of the result lies in the original. */
    private double position(int i, Axis a) {
        return switch (coordinates) {
            case "half_pixel" -> (i + 0.5) / a.scale - 0.5;
            case "pytorch_half_pixel" -> a.out == 1 ? -0.5 : (i + 0.5) / a.scale - 0.5;
            case "asymmetric" -> i / a.scale;
            case "align_corners" -> a.out == 1 ? 0 : i * (a.in - 1.0) / (a.out - 1.0);
            case "half_pixel_symmetric" -> {
                double adjustment = a.out / (a.scale * a.in);
                yield a.in / 2.0 * (1 - adjustment) + (i + 0.5) / a.scale - 0.5;
            }
            case "tf_crop_and_resize" ->
                a.out == 1
                        ? 0.5 * (a.from + a.to) * (a.in - 1)
                        : a.from * (a.in - 1) + i * (a.to - a.from) * (a.in - 1) / (a.out - 1);
            default ->
                throw new IllegalArgumentException(
                        "its coordinate_transformation_mode '" + coordinates + "' is not supported");
        };
    }

    /** 1 where an element lies in the original, 0 where a crop reaches beyond it. */
    double[] inside(Axis a) {
        return IntStream.range(0, a.out)
                .mapToDouble(i -> {
                    double x = isCrop() ? position(i, a) : 0;
                    return x >= 0 && x <= a.in - 1 ? 1 : 0;
                })
                .toArray();
    }

    int[] indices(Axis a) {
        return IntStream.range(0, a.out)
                .map(i -> {
                    double x = position(i, a);
                    double rounded = switch (rounding) {
                        case "floor" -> Math.floor(x);
                        case "ceil" -> Math.ceil(x);
                        case "round_prefer_floor" -> Math.ceil(x - 0.5);
                        case "round_prefer_ceil" -> Math.floor(x + 0.5);
                        default ->
                            throw new IllegalArgumentException("its nearest_mode '" + rounding + "' is not supported");
                    };
                    return (int) Math.clamp(rounded, 0, a.in - 1);
                })
                .toArray();
    }

    /** {@code [out,in]}, row-major: each row sums to 1. */
    double[] matrix(Axis a) {
        // Antialiasing widens the kernel by as much as the picture shrinks.
        double shrink = antialias ? Math.min(1, a.scale) : 1;
        double reach = (mode.equals("cubic") ? 2 : 1) / shrink;
        Limits.check((long) a.in * a.out);
        Limits.check((long) (2 * reach));
        var matrix = new double[a.out * a.in];
        for (int i = 0; i < a.out; i++) {
            double x = position(i, a);
            int first = (int) Math.floor(x - reach) + 1;
            int last = (int) Math.ceil(x + reach) - 1;
            double sum = 0;
            for (int j = first; j <= last; j++) {
                boolean within = j >= 0 && j < a.in;
                double weight = excludeOutside && !within ? 0 : kernel((j - x) * shrink);
                matrix[i * a.in + Math.clamp(j, 0, a.in - 1)] += weight;
                sum += weight;
            }
            for (int j = i * a.in; j < (i + 1) * a.in; j++) {
                matrix[j] /= sum;
            }
        }
        return matrix;
    }

    /** Keys' cubic convolution, or the triangle. */
    private double kernel(double t) {
        double d = Math.abs(t);
        if (mode.equals("linear")) {
            return Math.max(0, 1 - d);
        }
        return d <= 1
                ? ((cubic + 2) * d - (cubic + 3)) * d * d + 1
                : d < 2 ? ((cubic * d - 5 * cubic) * d + 8 * cubic) * d - 4 * cubic : 0;
    }
}
