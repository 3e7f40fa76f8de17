package dev.obverse.golden;

import dev.obverse.backend.OptimizerKernels.Adam;
import dev.obverse.backend.OptimizerKernels.Sgd;
import dev.obverse.tensor.Tensor;
import java.util.Map;

/** The optimiser kernels, run as {@code goldens.py} ran PyTorch's. */
final class OptimizerRuns {
    /** The weights after each step, for first weights {@code [n]} and gradients {@code [steps,n]}. */
    @FunctionalInterface
    interface Run {
        double[] apply(Tensor weights, Tensor gradients);
    }

    private OptimizerRuns() {}

    static Map<String, Run> all() {
        return Map.of(
                "optimizer_adam", adam(new Adam(0.01, 0.5, 0.999, 1e-8, 0, false, 1, 1)),
                "optimizer_adam_decay", adam(new Adam(0.01, 0.9, 0.99, 1e-6, 0.1, false, 1, 1)),
                "optimizer_adamw", adam(new Adam(0.01, 0.9, 0.999, 1e-8, 0.1, true, 1, 1)),
                "optimizer_sgd", sgd(new Sgd(0.1, 0, 0, false, 1)),
                "optimizer_sgd_momentum", sgd(new Sgd(0.1, 0.9, 0.01, false, 1)),
                "optimizer_sgd_nesterov", sgd(new Sgd(0.1, 0.9, 0.01, true, 1)));
    }

    private static Run adam(Adam s) {
        return (weights, gradients) -> {
            int n = weights.size();
            var first = Tensor.zeros(weights.device(), weights.shape());
            var second = Tensor.zeros(weights.device(), weights.shape());
            var after = new double[gradients.size()];
            for (int i = 0; i < gradients.dim(0); i++) {
                var now = new Adam(
                        s.lr(),
                        s.beta1(),
                        s.beta2(),
                        s.eps(),
                        s.weightDecay(),
                        s.decoupled(),
                        s.gradientScale(),
                        i + 1);
                var gradient = gradients.slice(0, i, i + 1);
                weights.backend()
                        .optimizer()
                        .adam(now, weights.storage(), gradient.storage(), first.storage(), second.storage(), n);
                System.arraycopy(weights.toDoubleArray(), 0, after, i * n, n);
            }
            return after;
        };
    }

    private static Run sgd(Sgd spec) {
        return (weights, gradients) -> {
            int n = weights.size();
            var velocity = Tensor.zeros(weights.device(), weights.shape());
            var after = new double[gradients.size()];
            for (int i = 0; i < gradients.dim(0); i++) {
                var gradient = gradients.slice(0, i, i + 1);
                weights.backend().optimizer().sgd(spec, weights.storage(), gradient.storage(), velocity.storage(), n);
                System.arraycopy(weights.toDoubleArray(), 0, after, i * n, n);
            }
            return after;
        };
    }
}
