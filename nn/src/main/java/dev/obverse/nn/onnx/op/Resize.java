package dev.obverse.nn.onnx.op;

import dev.obverse.backend.ResizeSpec;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Resize and Upsample: one axis after the other. Bilinear scaling as PyTorch's goes to the kernel of ours; else an axis
 * is picked from by index (nearest) or multiplied by a matrix of {@link ResizeWeights} (linear, cubic).
 */
final class Resize {
    private Resize() {}

    static Step prepare(Node node) {
        boolean plain = node.type().equals("Upsample") || node.opset() < 11;
        var weights = new ResizeWeights(
                node.text("mode", "nearest"),
                plain ? "asymmetric" : node.text("coordinate_transformation_mode", "half_pixel"),
                plain ? "floor" : node.text("nearest_mode", "round_prefer_floor"),
                node.number("cubic_coeff_a", -0.75),
                node.flag("exclude_outside", false),
                node.flag("antialias", false));
        double outside = node.number("extrapolation_value", 0);
        var policy = node.text("keep_aspect_ratio_policy", "stretch");
        var axesGiven = node.ints("axes");
        boolean attribute = node.hasAttribute("scales");
        var fixed = node.floats("scales");
        int scalesAt = plain ? 1 : 2;
        return Step.of(in -> {
            var x = in.get(0);
            var axes = axesGiven.length == 0
                    ? IntStream.range(0, x.rank()).toArray()
                    : Arrays.stream(axesGiven)
                            .mapToInt(a -> x.shape().axis(Value.toInt(a)))
                            .toArray();
            double[] scales = null;
            if (attribute) {
                scales = IntStream.range(0, fixed.length)
                        .mapToDouble(i -> fixed[i])
                        .toArray();
            } else if (in.has(scalesAt) && in.get(scalesAt).shape().size() > 0) {
                scales = in.get(scalesAt).doubles();
            }
            var target = scales != null
                    ? byScales(x, axes, scales)
                    : bySizes(x, axes, in.get(3).longs(), policy);
            if (target.scales.length != axes.length) {
                throw new IllegalArgumentException(
                        target.scales.length + " scales or sizes are given for " + axes.length + " axes");
            }
            var roi = weights.isCrop() ? in.get(1).doubles() : new double[2 * axes.length];
            return resize(x, axes, target, roi, weights, outside);
        });
    }

    private record Target(int[] extents, double[] scales) {}

    private static Target byScales(Value x, int[] axes, double[] scales) {
        var extents = new int[scales.length];
        for (int i = 0; i < Math.min(axes.length, scales.length); i++) {
            if (!(scales[i] > 0)) {
                throw new IllegalArgumentException("its scale " + scales[i] + " is not above 0");
            }
            extents[i] = Limits.extents((long) Math.floor(x.dim(axes[i]) * scales[i]))[0];
        }
        return new Target(extents, scales);
    }

    private static Target bySizes(Value x, int[] axes, long[] sizes, String policy) {
        var scales = new double[sizes.length];
        for (int i = 0; i < Math.min(axes.length, sizes.length); i++) {
            scales[i] = (double) sizes[i] / x.dim(axes[i]);
        }
        if (!policy.equals("stretch")) {
            var all = Arrays.stream(scales);
            double one = (policy.equals("not_larger") ? all.min() : all.max()).orElse(1);
            Arrays.fill(scales, one);
            return new Target(
                    IntStream.range(0, sizes.length)
                            .map(i -> Limits.extents((long) Math.floor(one * x.dim(axes[i]) + 0.5))[0])
                            .toArray(),
                    scales);
        }
        return new Target(Limits.extents(sizes), scales);
    }

    private static Value resize(
            Value x, int[] axes, Target target, double[] roi, ResizeWeights weights, double outside) {
        var result = x.shape().toArray();
        for (int i = 0; i < axes.length; i++) {
            result[axes[i]] = target.extents[i];
        }
        Limits.extents(Arrays.stream(result).asLongStream().toArray());
        if (x.rank() == 4 && weights.isBilinear() && isExact(x, axes, target)) {
            var image = x.channelsLast("Resize");
            boolean wide = result[2] > 1 && result[3] > 1 && result[0] == x.dim(0) && result[1] == x.dim(1);
            if (wide) {
                return Value.channelsLast(
                        x.type(), Functional.interpolate(image, result[2], result[3], ResizeSpec.Mode.BILINEAR));
            }
        }
        var y = x;
        for (int i = 0; i < axes.length; i++) {
            int in = y.dim(axes[i]);
            boolean same = target.extents[i] == in && target.scales[i] == 1;
            if (!same || weights.isCrop()) {
                var axis = new ResizeWeights.Axis(
                        in, target.extents[i], target.scales[i], roi[i], roi[i + roi.length / 2]);
                y = along(y, y.storedAxis(axes[i]), axis, weights, outside);
            }
        }
        return y;
    }

    private static boolean isExact(Value x, int[] axes, Target target) {
        return IntStream.range(0, axes.length)
                .allMatch(i -> target.scales[i] == (double) target.extents[i] / x.dim(axes[i]));
    }

    private static Value along(Value x, int at, ResizeWeights.Axis axis, ResizeWeights weights, double outside) {
        if (axis.in() == 0 || axis.out() == 0) {
            throw new IllegalArgumentException("an axis of " + axis.in() + " cannot be resized to " + axis.out());
        }
        var y = x.map(t -> weights.isNearest()
                ? t.indexSelect(at, weights.indices(axis))
                : multiplied(t, at, axis, weights.matrix(axis)));
        var inside = weights.inside(axis);
        if (Arrays.stream(inside).allMatch(v -> v == 1)) {
            return y;
        }
        var shape = new int[y.rank()];
        Arrays.fill(shape, 1);
        shape[at] = axis.out();
        var mask = Tensor.of(y.stored().device(), inside, Shape.of(shape));
        return y.map(t -> t.mul(mask).add(mask.neg().add(1).mul(outside)));
    }

    private static Tensor multiplied(Tensor t, int at, ResizeWeights.Axis axis, double[] matrix) {
        var shape = t.shape();
        var rows = t.reshape(shape.product(0, at), axis.in(), shape.product(at + 1, shape.rank()));
        Limits.check((long) axis.in() * axis.out());
        var m = Tensor.of(t.device(), matrix, Shape.of(axis.out(), axis.in()));
        return m.matmul(rows).reshape(shape.with(at, axis.out()).toArray());
    }
}
