package dev.obverse.nn.optim;

import dev.obverse.backend.OuterProductKernels;
import dev.obverse.nn.Parameter;
import dev.obverse.tensor.TensorScope;
import java.util.Collection;

/** Limits on gradients, for training that would otherwise jump (Pascanu et al. 2013). */
public final class GradientClip {
    private GradientClip() {}

    /** The Euclidean length of all gradients together; parameters without one count as zero. */
    public static double norm(Collection<Parameter> parameters) {
        double sum = 0;
        for (var parameter : parameters) {
            var value = parameter.value();
            var products = value.outerProducts();
            if (products != null && value.backend().optimizer() instanceof OuterProductKernels kernels) {
                sum += kernels.sumOfSquares(products);
                continue;
            }
            var gradient = parameter.grad();
            if (gradient != null) {
                sum += gradient.backend().optimizer().sumOfSquares(gradient.storage(), gradient.size());
            }
        }
        return Math.sqrt(sum);
    }

    /**
     * The factor that brings gradients of this norm down to {@code maxNorm}, for {@link Optimizer#step(double,
     * double)}; 1 if they are short enough. As PyTorch, {@code min(1, maxNorm / (norm + 1e-6))}.
     */
    public static double factor(double norm, double maxNorm) {
        if (!(maxNorm > 0)) {
            throw new IllegalArgumentException("GradientClip: the largest norm must be more than 0, not " + maxNorm);
        }
        return Math.min(1, maxNorm / (norm + 1e-6));
    }

    /** Replaces each element of each gradient by the nearest in {@code [-limit, limit]}. */
    public static void clampValues(Collection<Parameter> parameters, double limit) {
        if (!(limit > 0)) {
            throw new IllegalArgumentException("GradientClip: the limit must be more than 0, not " + limit);
        }
        for (var parameter : parameters) {
            var gradient = parameter.grad();
            if (gradient != null) {
                var clamped = TensorScope.keepAlways(gradient.clamp(-limit, limit));
                parameter.zeroGrad();
                parameter.value().setGrad(clamped);
            }
        }
    }
}
