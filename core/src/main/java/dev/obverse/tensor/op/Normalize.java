package dev.obverse.tensor.op;

import dev.obverse.backend.NormSpec;
import dev.obverse.backend.Storage;
import dev.obverse.tensor.Tensor;
import java.util.function.BiConsumer;

/**
 * {@code y = (x - mean) / sqrt(variance + eps)} with the statistics of each group of {@code x} itself.
 *
 * <p>Batch, instance, group and layer norm are this op with different groups, followed by a broadcast scale and shift.
 *
 * @param statistics told the means and population variances of the groups
 */
public record Normalize(NormSpec spec, double eps, BiConsumer<Storage, Storage> statistics) implements Op {
    @Override
    public String name() {
        return "normalize";
    }

    /** The groups of instance, group and batch norm over {@code x [N,...,C]}. */
    public static NormSpec groups(Tensor x, int groups, boolean acrossBatch) {
        if (x.rank() < 2) {
            throw new IllegalArgumentException("normalize: x must be [N,..,C], not " + x.shape());
        }
        int channels = x.dim(-1);
        if (groups < 1 || channels % groups != 0) {
            throw new IllegalArgumentException(
                    "normalize: " + channels + " channels do not divide into " + groups + " groups");
        }
        int samples = x.dim(0);
        int pixels = x.shape().product(1, x.rank() - 1);
        return acrossBatch
                ? new NormSpec(1, samples * pixels, groups, channels / groups)
                : new NormSpec(samples, pixels, groups, channels / groups);
    }

    @Override
    public void forward(Call call) {
        var mean = call.allocate(spec.groups());
        var variance = call.allocate(spec.groups());
        call.backend().norm().normalize(spec, eps, call.x(0), call.result(call.shape(0)), mean, variance);
        call.save(variance);
        statistics.accept(mean, variance);
    }

    @Override
    public void backward(Call call) {
        var dx = call.allocate(call.shape(0).size());
        call.backend().norm().normalizeGradient(spec, eps, call.result(), call.saved(0), call.gradient(), dx);
        call.deliver(0, dx);
    }
}
