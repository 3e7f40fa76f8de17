package dev.obverse.benchmarks.work;

import dev.obverse.drn.DisentanglingReversingNetwork;
import dev.obverse.drn.DrnConfig;
import dev.obverse.drn.DrnLoss;
import dev.obverse.nn.Module;
import dev.obverse.nn.optim.Adam;
import dev.obverse.nn.optim.Optimizer;
import dev.obverse.nn.train.Loss;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.util.List;
import java.util.Objects;

/** One whole training step of the paper's network and losses: forward, backward, Adam. */
public record StepWork(int width, int size, int batch) implements Work {
    @Override
    public String title() {
        return "DRN step, width %d, %dx%d, batch %d".formatted(width, size, size, batch);
    }

    @Override
    public double flops() {
        return new DrnSize(width, size).stepFlops(batch);
    }

    @Override
    public double bytes() {
        return 0;
    }

    @Override
    public boolean ownProcess() {
        return true;
    }

    @Override
    public Task ours() {
        return new Step(new DrnSize(width, size), batch);
    }

    private static final class Step implements Task {
        private final DisentanglingReversingNetwork network;
        private final DrnLoss loss;
        private final Tensor original;
        private final Tensor fake;
        private final Tensor recognised;
        private Adam adam;

        Step(DrnSize shape, int batch) {
            network = new DisentanglingReversingNetwork(shape.architecture(), 1);
            loss = new DrnLoss(DrnConfig.of(DrnConfig.Preset.PAPER).objective());
            adam = adam();
            var images = Shape.of(batch, shape.size(), shape.size(), 3);
            original = Tensor.of(Device.cpu(), Inputs.uniform("original", images.size()), images);
            fake = Tensor.of(Device.cpu(), Inputs.uniform("fake", images.size()), images);
            recognised = Inputs.tensor("recognised", batch, DrnSize.EMBEDDING);
        }

        private Adam adam() {
            var o = DrnConfig.of(DrnConfig.Preset.PAPER).optimization();
            var group = new Optimizer.Group(network.namedParameters(), o.lr(), 0);
            return new Adam(List.of(group), o.beta1(), o.beta2(), 1e-8);
        }

        @Override
        public void run() {
            try (var _ = TensorScope.open()) {
                step();
            }
        }

        private double step() {
            adam.zeroGrad();
            var total = loss().total();
            total.backward();
            adam.step();
            return total.item();
        }

        private Loss loss() {
            return loss.of(original, recognised, network.forward(original, fake));
        }

        /**
         * The loss, the length of each part's gradient, and how far Adam went down the gradient: the sum of {@code g
         * (before - after)} over all weights. A loss after the update would tell less: where a gradient is all but 0
         * its sign is rounding, and Adam's first update moves every weight by the learning rate.
         */
        @Override
        public float[] result() {
            Parameters.set(network);
            adam = adam();
            try (var _ = TensorScope.open()) {
                double loss = step();
                double[] lengths = network.children().values().stream()
                        .mapToDouble(Step::gradientLength)
                        .toArray();
                return new float[] {
                    (float) loss, (float) lengths[0], (float) lengths[1], (float) lengths[2], (float) descent()
                };
            }
        }

        private double descent() {
            double sum = 0;
            for (var entry : network.namedParameters().entrySet()) {
                var parameter = entry.getValue();
                var before = DrnSize.parameter(entry.getKey(), parameter.shape().toArray());
                var after = parameter.value().toArray();
                var gradient = Objects.requireNonNull(parameter.grad()).toArray();
                for (int i = 0; i < before.length; i++) {
                    sum += (double) gradient[i] * (before[i] - after[i]);
                }
            }
            return sum;
        }

        private static double gradientLength(Module part) {
            double sum = 0;
            for (var parameter : part.namedParameters().values()) {
                var gradient = Objects.requireNonNull(parameter.grad());
                sum += gradient.backend().optimizer().sumOfSquares(gradient.storage(), gradient.size());
            }
            return Math.sqrt(sum);
        }
    }
}
