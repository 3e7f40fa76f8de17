package dev.obverse.tensor.op;

import dev.obverse.backend.NormSpec;
import dev.obverse.backend.Storage;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code y = leaky(gamma (x - mean) / sqrt(variance + eps) + beta)}, with the statistics of each group of {@code x}
 * itself or with given ones. Inputs are {@code x}, then {@code gamma} and {@code beta} if there are any, then
 * {@code mean} and {@code variance} if they are given.
 *
 * <p>Batch, instance, group and layer norm are this op with different groups. Scale, shift and activation are part of
 * the primitive so that each direction is one pass of sums and one that writes. Backward starts from {@code x}, not
 * from {@code y}: a ReLU, or a scale of 0, cannot be undone, and {@code x} costs no more to read.
 *
 * @param statistics told the means and population variances of the groups, if they are those of {@code x}
 */
public record Normalize(NormSpec spec, BiConsumer<Storage, Storage> statistics) implements Op {
    @Override
    public String name() {
        return "normalize";
    }

    /** The groups of instance, group and batch norm over {@code x [N,...,C]}. */
    public static NormSpec groups(
            Tensor x, int groups, boolean acrossBatch, double eps, double slope, boolean ownStatistics) {
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
        return new NormSpec(
                acrossBatch ? 1 : samples,
                acrossBatch ? samples * pixels : pixels,
                groups,
                channels / groups,
                eps,
                slope,
                ownStatistics);
    }

    @Override
    public void forward(Call call) {
        checkShapes(call);
        var mean = spec.ownStatistics() ? call.allocate(spec.groups()) : call.x(call.inputCount() - 2);
        var variance = spec.ownStatistics() ? call.allocate(spec.groups()) : call.x(call.inputCount() - 1);
        var y = call.result(call.shape(0));
        call.backend().norm().normalize(spec, call.x(0), gamma(call), beta(call), mean, variance, y);
        call.save(mean, variance);
        if (spec.ownStatistics()) {
            statistics.accept(mean, variance);
        }
    }

    private void checkShapes(Call call) {
        if (!(spec.slope() >= 0)) {
            throw new IllegalArgumentException("normalize: the LeakyReLU slope must be 0 or more, not " + spec.slope());
        }
        int given = spec.ownStatistics() ? call.inputCount() : call.inputCount() - 2;
        for (int i = 1; i < call.inputCount(); i++) {
            var expected = Shape.of(i < given ? spec.columns() : spec.groups());
            if (!call.shape(i).equals(expected)) {
                throw new IllegalArgumentException("normalize: " + (i < given ? "scale and shift" : "mean and variance")
                        + " must have shape " + expected + " for x " + call.shape(0) + ", not " + call.shape(i));
            }
            if (i >= given && call.wants(i)) {
                throw new IllegalArgumentException(
                        "normalize: no gradient reaches a given mean or variance; detach() it first");
            }
        }
    }

    private @Nullable Storage gamma(Call call) {
        return affine(call) ? call.x(1) : null;
    }

    private @Nullable Storage beta(Call call) {
        return affine(call) ? call.x(2) : null;
    }

    /** Whether scale and shift are among the inputs. */
    public boolean affine(Call call) {
        return call.inputCount() > (spec.ownStatistics() ? 1 : 3);
    }

    @Override
    public void backward(Call call) {
        var dx = call.wants(0) ? call.allocate(call.shape(0).size()) : null;
        var dgamma = affine(call) && call.wants(1) ? call.allocate(spec.columns()) : null;
        var dbeta = affine(call) && call.wants(2) ? call.allocate(spec.columns()) : null;
        call.backend()
                .norm()
                .normalizeGradient(
                        spec,
                        call.x(0),
                        gamma(call),
                        beta(call),
                        call.saved(0),
                        call.saved(1),
                        call.gradient(),
                        dx,
                        dgamma,
                        dbeta);
        var gradients = new @Nullable Storage[] {dx, dgamma, dbeta};
        for (int i = 0; i < gradients.length; i++) {
            var gradient = gradients[i];
            if (gradient != null) {
                call.deliver(i, gradient);
            }
        }
    }
}
