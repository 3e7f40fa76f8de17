package dev.obverse.nn.onnx.op;

import dev.obverse.tensor.Tensor;
import java.util.Arrays;

/** Activation functions with attributes. */
final class Activations {
    private Activations() {}

    static Step leakyRelu(Node node) {
        double alpha = node.number("alpha", 0.01);
        return Step.of(in -> in.get(0)
                .map(x -> alpha >= 0
                        ? x.leakyRelu(alpha)
                        : x.relu().sub(x.neg().relu().mul(alpha))));
    }

    /** {@code x > 0 ? x : alpha (exp(x) - 1)}. */
    static Step elu(Node node) {
        double alpha = node.number("alpha", 1);
        return Step.of(in -> in.get(0).map(x -> elu(x, alpha)));
    }

    private static Tensor elu(Tensor x, double alpha) {
        return x.relu().add(negativePart(x).exp().sub(1).mul(alpha));
    }

    private static Tensor negativePart(Tensor x) {
        return x.neg().relu().neg();
    }

    static Step selu(Node node) {
        double alpha = node.number("alpha", 1.67326319217681884765625);
        double gamma = node.number("gamma", 1.05070102214813232421875);
        return Step.of(in -> in.get(0).map(x -> elu(x, alpha).mul(gamma)));
    }

    /** {@code max(0, x) + min(0, alpha (exp(x / alpha) - 1))}. */
    static Step celu(Node node) {
        double alpha = node.number("alpha", 1);
        return Step.of(in -> in.get(0)
                .map(x -> x.relu().add(negativePart(x).div(alpha).exp().sub(1).mul(alpha))));
    }

    static Step hardSigmoid(Node node) {
        double alpha = node.number("alpha", 0.2);
        double beta = node.number("beta", 0.5);
        return Step.of(in -> in.get(0).map(x -> x.mul(alpha).add(beta).clamp(0, 1)));
    }

    static Tensor hardSwish(Tensor x) {
        return x.mul(x.div(6).add(0.5).clamp(0, 1));
    }

    /** {@code log(1 + exp(x))}, without overflow. */
    static Tensor softplus(Tensor x) {
        return x.relu().add(x.abs().neg().exp().add(1).log());
    }

    static Tensor mish(Tensor x) {
        return x.mul(softplus(x).tanh());
    }

    static Tensor softsign(Tensor x) {
        return x.div(x.abs().add(1));
    }

    static Step swish(Node node) {
        double alpha = node.number("alpha", 1);
        return Step.of(in ->
                in.get(0).map(x -> alpha == 1 ? x.silu() : x.mul(x.mul(alpha).sigmoid())));
    }

    static Step gelu(Node node) {
        return switch (node.text("approximate", "none")) {
            case "none" -> Step.of(in -> in.get(0).map(Tensor::gelu));
            case "tanh" -> Step.of(in -> in.get(0).map(Activations::tanhGelu));
            default -> throw new IllegalArgumentException("its attribute 'approximate' is neither none nor tanh");
        };
    }

    private static Tensor tanhGelu(Tensor x) {
        var inner = x.add(x.mul(x.square()).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
        return x.mul(inner.tanh().add(1)).mul(0.5);
    }

    /**
     * A slope that broadcasts to x from the right: {@code [C,1,1]} or one number, as exporters write it. Before opset 7
     * it was {@code [C]}, along the channels.
     */
    static Step prelu(Node node) {
        boolean perChannel = node.opset() < 7;
        return Step.of(in -> {
            var x = in.get(0);
            var slope = in.get(1);
            if (perChannel && slope.rank() == 1 && slope.dim(0) > 1 && x.rank() > 1) {
                var extents = new int[x.rank() - 1];
                Arrays.fill(extents, 1);
                extents[0] = slope.dim(0);
                slope = Value.plain(slope.type(), slope.plain().reshape(extents));
            }
            return Value.broadcast(x, slope, Tensor::prelu);
        });
    }
}
