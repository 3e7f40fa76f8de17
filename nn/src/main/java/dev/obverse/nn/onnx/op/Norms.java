package dev.obverse.nn.onnx.op;

import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Normalisations. Batch norm uses the statistics of the file and is one multiplication and one addition. */
final class Norms {
    private Norms() {}

    /** Channels last, if there are spatial axes. */
    private static Tensor channels(Value x) {
        return x.rank() < 3 ? x.plain() : x.channelsLast("a normalisation");
    }

    private static Value result(Value x, Tensor y) {
        return x.rank() < 3 ? Value.plain(x.type(), y) : Value.channelsLast(x.type(), y);
    }

    static Step batch(Node node) {
        if (node.opset() >= 14 && node.flag("training_mode", false)) {
            throw new IllegalArgumentException("it is in training mode; export the model for inference");
        }
        if (node.opset() < 9 && !node.flag("spatial", true)) {
            throw new IllegalArgumentException("statistics per pixel (spatial=0) are not supported");
        }
        double eps = node.number("epsilon", 1e-5);
        var gamma = node.constant(1);
        var beta = node.constant(2);
        var mean = node.constant(3);
        var variance = node.constant(4);
        if (gamma != null && beta != null && mean != null && variance != null) {
            var scale = gamma.plain().div(variance.plain().add(eps).sqrt());
            var shift = beta.plain().sub(mean.plain().mul(scale));
            var weight = node.derived(1, scale);
            var bias = node.derived(2, shift);
            return Step.of(in -> affine(in.get(0), weight.get(), bias.get()));
        }
        return Step.of(in -> {
            var scale = in.get(1).plain().div(in.get(4).plain().add(eps).sqrt());
            return affine(
                    in.get(0), scale, in.get(2).plain().sub(in.get(3).plain().mul(scale)));
        });
    }

    private static Value affine(Value x, Tensor scale, Tensor shift) {
        return result(x, channels(x).mul(scale).add(shift));
    }

    static Step instance(Node node) {
        double eps = node.number("epsilon", 1e-5);
        return Step.of(in -> result(
                in.get(0),
                Functional.instanceNorm(
                        channels(in.get(0)), in.get(1).plain(), in.get(2).plain(), eps)));
    }

    /** Up to opset 20 scale and shift are per group, from 21 on per channel. */
    static Step group(Node node) {
        double eps = node.number("epsilon", 1e-5);
        int groups = Value.toInt(node.integer("num_groups", 1));
        boolean perGroup = node.opset() < 21;
        return Step.of(in -> {
            var x = channels(in.get(0));
            int channels = x.dim(-1);
            if (groups < 1 || channels % groups != 0) {
                throw new IllegalArgumentException(channels + " channels do not divide into " + groups + " groups");
            }
            var scale = in.get(1).plain();
            var shift = in.get(2).plain();
            if (perGroup) {
                scale = repeated(scale, channels / groups);
                shift = repeated(shift, channels / groups);
            }
            return result(in.get(0), Functional.groupNorm(x, groups, scale, shift, eps));
        });
    }

    private static Tensor repeated(Tensor perGroup, int times) {
        int groups = perGroup.size();
        return perGroup.reshape(groups, 1).expand(groups, times).reshape(groups * times);
    }

    /** Over all axes from {@code axis} on; the mean and 1/deviation may be wanted too. */
    static Step layer(Node node) {
        double eps = node.number("epsilon", 1e-5);
        int axis = node.axis("axis", -1);
        boolean statistics = node.outputCount() > 1;
        return in -> {
            var value = in.get(0);
            var x = value.plain();
            int from = x.shape().axis(axis);
            int outer = x.shape().product(0, from);
            int inner = x.shape().product(from, x.rank());
            var rows = x.reshape(outer, inner);
            var y = Functional.layerNorm(rows, null, null, eps)
                    .reshape(x.shape().toArray());
            var scaled = y.mul(in.get(1).plain());
            var whole =
                    Value.plain(value.type(), in.has(2) ? scaled.add(in.get(2).plain()) : scaled);
            if (!statistics) {
                return new Value[] {whole};
            }
            var extents = x.shape().toArray();
            Arrays.fill(extents, from, extents.length, 1);
            var mean = rows.meanKeepDims(1);
            var inverse =
                    rows.sub(mean).square().meanKeepDims(1).add(eps).sqrt().reciprocal();
            return new Value[] {
                whole,
                Value.plain(value.type(), mean.reshape(extents)),
                Value.plain(value.type(), inverse.reshape(extents))
            };
        };
    }

    /** {@code x / |x|_p} along an axis. */
    static Step lp(Node node) {
        int axis = node.axis("axis", -1);
        long p = node.integer("p", 2);
        if (p != 1 && p != 2) {
            throw new IllegalArgumentException("its norm p=" + p + " is neither 1 nor 2");
        }
        return Step.of(in -> {
            var x = in.get(0);
            int at = x.storedAxis(axis);
            // A vector of zeros stays one.
            return x.map(t -> t.div(
                    p == 1
                            ? t.abs().sumKeepDims(at).clamp(1e-30, Double.POSITIVE_INFINITY)
                            : t.square()
                                    .sumKeepDims(at)
                                    .clamp(1e-36, Double.POSITIVE_INFINITY)
                                    .sqrt()));
        });
    }

    /** Local response: {@code x / (bias + alpha / size * sum of squares of size neighbouring channels)^beta}. */
    static Step localResponse(Node node) {
        int size = Value.toInt(node.integer("size", 1));
        double alpha = node.number("alpha", 1e-4);
        double beta = node.number("beta", 0.75);
        double bias = node.number("bias", 1);
        if (size < 1 || size > 1 << 10) {
            throw new IllegalArgumentException("its size " + size + " is not from 1 to 1024");
        }
        return Step.of(in -> {
            var x = channels(in.get(0));
            var before = new int[x.rank()];
            var after = new int[x.rank()];
            before[x.rank() - 1] = (size - 1) / 2;
            after[x.rank() - 1] = size / 2;
            var squares = x.square().pad(before, after, 0);
            var sum = IntStream.range(0, size)
                    .mapToObj(i -> squares.slice(x.rank() - 1, i, i + x.dim(-1)))
                    .reduce(Tensor::add)
                    .orElseThrow();
            return result(
                    in.get(0),
                    x.mul(sum.mul(alpha / size).add(bias).log().mul(-beta).exp()));
        });
    }
}
