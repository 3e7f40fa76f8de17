package dev.obverse.contract;

import dev.obverse.autograd.CustomFunction;
import dev.obverse.tensor.ConvOptions;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.PoolOptions;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Compositions, a user's own function, and a small network: ops that feed each other. */
final class CompositeCases {
    private static final Shape ROWS = Shape.of(5, 17);

    private final List<Case> cases = new ArrayList<>();

    private CompositeCases() {}

    static List<Case> all() {
        var all = new CompositeCases();
        all.add("prelu", x -> x.get(0).prelu(x.get(1)), ROWS, Shape.of(17));
        all.add("cosine_similarity", x -> Functional.cosineSimilarity(x.get(0), x.get(1)), ROWS, ROWS);
        all.add("l2 normalise", x -> Functional.l2Normalize(x.get(0)), ROWS);
        all.add("norm", x -> x.get(0).normKeepDims(), ROWS);
        all.add("l1_loss", x -> Functional.l1Loss(x.get(0), x.get(1)), ROWS, ROWS);
        all.add("mse_loss", x -> Functional.mseLoss(x.get(0), x.get(1)), ROWS, ROWS);
        all.add("cross_entropy", x -> Functional.crossEntropy(x.get(0), 3, 0, 16, 3, 9), ROWS);
        all.add("custom function", x -> new Cube().apply(x.get(0)), ROWS);
        all.add(
                "a small network",
                x -> network(x.get(0), x.get(1), x.get(2), x.get(3)),
                Shape.of(2, 8, 8, 3),
                Shape.of(3, 3, 3, 8),
                Shape.of(2, 2, 8, 3),
                Shape.of(3, 3, 11, 3));
        return all.cases;
    }

    /** Convolve, halve, double, join with a skip, convolve: a U-Net of one level. */
    private static Tensor network(Tensor x, Tensor first, Tensor up, Tensor last) {
        var same = ConvOptions.DEFAULT.padding(1);
        var skip = Functional.conv2dLeakyRelu(x, first, null, same, 0.2);
        var low = Functional.maxPool2d(skip, PoolOptions.window(2));
        var high = Functional.convTranspose2d(low, up, null, ConvOptions.DEFAULT.stride(2), 0);
        return Functional.conv2d(Functional.concat(3, skip, high), last, null, same);
    }

    private void add(String name, Function<List<Tensor>, Tensor> f, Shape... shapes) {
        cases.add(Case.of(name, f, shapes).scale(Scale.LARGEST).terms(200));
    }

    private static final class Cube extends CustomFunction {
        @Override
        protected Tensor forward(Tensor... inputs) {
            return inputs[0].square().mul(inputs[0]);
        }

        @Override
        protected Tensor[] backward(Tensor gradient, Tensor result, Tensor... inputs) {
            return new Tensor[] {inputs[0].square().mul(3).mul(gradient)};
        }
    }
}
