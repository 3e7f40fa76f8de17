package dev.obverse.examples.learn;

import dev.obverse.autograd.CustomFunction;
import dev.obverse.autograd.GradientCheck;
import dev.obverse.nn.Layer;
import dev.obverse.nn.ModuleGradientCheck;
import dev.obverse.nn.Parameter;
import dev.obverse.nn.layer.Linear;
import dev.obverse.nn.layer.Sequential;
import dev.obverse.nn.optim.Adam;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import org.jspecify.annotations.Nullable;

/**
 * A layer and a loss of one's own, each checked against central differences before it is trusted: a wrong gradient does
 * not crash, it just learns badly.
 */
public final class CustomLayer {
    private CustomLayer() {}

    public static void main(String[] args) {
        check();
        System.out.println("Both gradients agree with central differences.");
        var distance = learn(400);
        System.out.printf(
                "Mean distance from the sine before training %.3f, after %.3f, in spite of outliers 5 above it%n",
                distance[0], distance[1]);
    }

    /**
     * {@code x sigmoid(beta x)} with a learned beta for each channel (Ramachandran et al. 2017). Made of operations
     * that have gradients, a layer needs none of its own.
     */
    static final class LearnedSwish extends Layer {
        private final Parameter beta;

        LearnedSwish(int channels) {
            beta = parameter("beta", Tensor.full(Device.cpu(), 1, Shape.of(channels)));
        }

        @Override
        public Tensor forward(Tensor x) {
            return x.mul(x.mul(beta.value()).sigmoid());
        }
    }

    /**
     * The mean of {@code log cosh(prediction - target)}, which is a square near 0 and a distance far away, so that
     * outliers do not rule. Its derivative, the hyperbolic tangent, is written by hand here: one step instead of
     * several.
     */
    static final class LogCosh extends CustomFunction {
        @Override
        protected Tensor forward(Tensor... inputs) {
            var distance = inputs[0].sub(inputs[1]).abs();
            // log cosh d = d + log(1 + exp(-2 d)) - log 2, which does not overflow as cosh would
            return distance.add(distance.mul(-2).exp().add(1).log())
                    .sub(Math.log(2))
                    .mean();
        }

        @Override
        protected @Nullable Tensor[] backward(Tensor gradient, Tensor result, Tensor... inputs) {
            var slope =
                    inputs[0].sub(inputs[1]).tanh().mul(1.0 / inputs[0].size()).mul(gradient);
            return new Tensor[] {slope, slope.neg()};
        }
    }

    /** Throws, naming the element and both values, if a gradient is wrong. */
    static void check() {
        var random = new Philox(5);
        var a = Tensor.randn(Device.cpu(), random, Shape.of(4, 3));
        var b = Tensor.randn(Device.cpu(), random, Shape.of(4, 3));
        ModuleGradientCheck.of(new LearnedSwish(3), a).verify();
        GradientCheck.of(inputs -> new LogCosh().apply(inputs.get(0), inputs.get(1)), a, b)
                .verify();
    }

    /** Fits a sine with outliers; returns the mean distance from the sine before and after. */
    static double[] learn(int steps) {
        int n = 128;
        var random = new Philox(6);
        var xs = new float[n];
        var ys = new float[n];
        random.fillUniform(xs, -3, 3);
        for (int i = 0; i < n; i++) {
            ys[i] = (float) Math.sin(xs[i]) + (i % 16 == 0 ? 5 : 0);
        }
        var x = Tensor.of(xs, n, 1);
        var y = Tensor.of(ys, n, 1);
        var network = new Sequential(
                new Linear(1, 16, random),
                new LearnedSwish(16),
                new Linear(16, 16, random),
                new LearnedSwish(16),
                new Linear(16, 1, random));
        var optimizer = new Adam(network.namedParameters(), 0.01);
        double before = distanceFromSine(network, x);
        for (int step = 0; step < steps; step++) {
            try (var _ = TensorScope.open()) {
                var loss = new LogCosh().apply(network.forward(x), y);
                optimizer.zeroGrad();
                loss.backward();
                optimizer.step();
            }
        }
        return new double[] {before, distanceFromSine(network, x)};
    }

    private static double distanceFromSine(Layer network, Tensor x) {
        var xs = x.toArray();
        var ys = network.forward(x).toArray();
        double sum = 0;
        for (int i = 0; i < xs.length; i++) {
            sum += Math.abs(ys[i] - Math.sin(xs[i]));
        }
        return sum / xs.length;
    }
}
