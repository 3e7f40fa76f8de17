package dev.obverse.contract;

import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Normalisation and softmax: each element depends on its whole group. */
final class NormCases {
    private static final double EPS = 1e-5;

    private final List<Case> cases = new ArrayList<>();

    private NormCases() {}

    static List<Case> all() {
        var all = new NormCases();
        for (int c : new int[] {1, 3, 4, 5, 15, 16, 17, 33}) {
            all.norms(Shape.of(2, 3, 3, c));
        }
        all.norms(Shape.of(4, 8, 8, 16));
        all.norms(Shape.of(2, 40, 40, 12));
        all.norms(Shape.of(5, 12));
        all.add("group_norm 4 groups", x -> Functional.groupNorm(x, 4, null, null, EPS), Shape.of(2, 3, 3, 12), 27);
        all.add("group_norm 2 groups", x -> Functional.groupNorm(x, 2, null, null, EPS), Shape.of(1, 4, 5, 34), 340);
        all.cases.add(
                Case.unary("layer_norm off centre", x -> Functional.layerNorm(x, null, null, EPS), Shape.of(4, 64))
                        .uniform(2, 4)
                        .scale(Scale.LARGEST)
                        .terms(64));
        for (double slope : new double[] {1, 0.2, 0, 1.5}) {
            all.affine(slope, Shape.of(3, 2, 4, 5), 1);
            all.affine(slope, Shape.of(2, 3, 5, 12), 4);
        }
        for (int c : new int[] {1, 3, 16, 17, 33, 80}) {
            all.affine(0.2, Shape.of(2, 3, 3, c), 1);
        }
        all.affine(0.2, Shape.of(2, 40, 40, 12), 3);
        all.affine(0.2, Shape.of(2, 12, 13, 300), 2);
        all.affine(0.2, Shape.of(7, 6), 2);
        all.affine(0.2, Shape.of(0, 6), 2);
        for (var shape : List.of(Shape.of(5, 12), Shape.of(3, 4, 17), Shape.of(700, 33), Shape.of(2, 5000))) {
            all.addAffine("layer_norm", (x, g, b) -> Functional.layerNorm(x, g, b, EPS), shape);
        }
        all.cases.add(Case.of(
                        "layer_norm with a scale alone",
                        x -> Functional.layerNorm(x.get(0), x.get(1), null, EPS),
                        Shape.of(5, 12),
                        Shape.of(12))
                .scale(Scale.LARGEST)
                .terms(12));

        for (int n : new int[] {1, 3, 4, 5, 15, 16, 17, 33, 1009}) {
            all.softmaxes(Shape.of(3, n));
        }
        all.softmaxes(Shape.of(7));
        all.softmaxes(Shape.of(2, 3, 5));
        all.softmaxes(Shape.of(0, 5));
        all.softmaxes(Shape.of(300, 40));
        all.cases.add(Case.unary("softmax of large logits", Functional::softmax, Shape.of(2, 5))
                .values(1000, 999, 998, -1000, 0, -80, -81, -80.5f, -500, -82)
                .scale(Scale.LARGEST)
                .terms(5));
        all.add("log_softmax of large logits", x -> Functional.logSoftmax(x.mul(40)), Shape.of(4, 17), 17);
        return all.cases;
    }

    private void norms(Shape shape) {
        int last = shape.dim(-1);
        add("batch_norm " + shape, x -> Functional.batchNorm(x, null, null, EPS, null), shape, shape.size() / last);
        add("layer_norm " + shape, x -> Functional.layerNorm(x, null, null, EPS), shape, last);
        if (shape.rank() == 4) {
            add("instance_norm " + shape, x -> Functional.instanceNorm(x, null, null, EPS), shape, shape.product(1, 3));
        }
    }

    /** A norm with scale and shift. */
    private interface Affine {
        Tensor of(Tensor x, Tensor gamma, Tensor beta);
    }

    /** Batch norm, by its own statistics and by given ones, and group norm, with scale, shift and LeakyReLU. */
    private void affine(double slope, Shape shape, int groups) {
        var leaky = ", slope " + slope;
        addAffine("batch_norm" + leaky, (x, g, b) -> Functional.batchNormLeakyRelu(x, g, b, EPS, slope, null), shape);
        addAffine(
                "group_norm of " + groups + leaky,
                (x, g, b) -> Functional.groupNormLeakyRelu(x, groups, g, b, EPS, slope),
                shape);
        var channels = Shape.of(shape.dim(-1));
        // Central differences would see the statistics change; those of a layer in evaluation are checked with it.
        cases.add(Case.of(
                        "batch_norm in evaluation " + shape + leaky,
                        x -> {
                            var mean = x.get(1).detach();
                            var variance = x.get(2).detach().square().add(0.5);
                            return Functional.batchNormLeakyRelu(
                                    x.get(0), mean, variance, x.get(1), x.get(2), EPS, slope);
                        },
                        shape,
                        channels,
                        channels)
                .scale(Scale.LARGEST)
                .terms(shape.product(0, shape.rank() - 1))
                .kinked());
    }

    private void addAffine(String name, Affine f, Shape shape) {
        var channels = Shape.of(shape.dim(-1));
        cases.add(Case.of(name + " " + shape, x -> f.of(x.get(0), x.get(1), x.get(2)), shape, channels, channels)
                .scale(Scale.LARGEST)
                .terms(shape.size()));
    }

    private void softmaxes(Shape shape) {
        add("softmax " + shape, Functional::softmax, shape, shape.dim(-1));
        add("log_softmax " + shape, Functional::logSoftmax, shape, shape.dim(-1));
    }

    private void add(String name, Function<Tensor, Tensor> f, Shape shape, int terms) {
        cases.add(Case.unary(name, f, shape).scale(Scale.LARGEST).terms(terms));
    }
}
