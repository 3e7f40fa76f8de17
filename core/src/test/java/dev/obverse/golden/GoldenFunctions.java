package dev.obverse.golden;

import static java.util.Map.entry;

import dev.obverse.backend.ResizeSpec.Mode;
import dev.obverse.tensor.ConvOptions;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.PoolOptions;
import dev.obverse.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Our side of {@code goldens.py}: the same names, the same operations. */
final class GoldenFunctions {
    private static final ConvOptions ONE = ConvOptions.DEFAULT;
    private static final double EPS = 1e-5;

    private final Map<String, Function<List<Tensor>, Tensor>> functions = new HashMap<>();

    private GoldenFunctions() {}

    static Map<String, Function<List<Tensor>, Tensor>> all() {
        var all = new GoldenFunctions();
        all.elementwise();
        all.reductions();
        all.products();
        all.convolutions();
        all.images();
        all.norms();
        all.losses();
        all.moves();
        return all.functions;
    }

    private void elementwise() {
        two("add", Tensor::add);
        two("sub", Tensor::sub);
        two("mul", Tensor::mul);
        two("div", Tensor::div);
        two("rdiv_wide", (x, y) -> y.div(x));
        two("maximum", Tensor::maximum);
        two("minimum", Tensor::minimum);
        two("maximum_broadcast", Tensor::maximum);
        one("affine", x -> x.mul(2.5).sub(1));
        one("abs", Tensor::abs);
        one("square", Tensor::square);
        one("sqrt", Tensor::sqrt);
        one("reciprocal", Tensor::reciprocal);
        one("exp", Tensor::exp);
        one("log", Tensor::log);
        one("tanh", Tensor::tanh);
        one("sigmoid", Tensor::sigmoid);
        one("relu", Tensor::relu);
        one("leaky_relu", x -> x.leakyRelu(0.2));
        one("silu", Tensor::silu);
        one("gelu", Tensor::gelu);
        one("clamp", x -> x.clamp(-1, 0.5));
        one("sign", Tensor::sign);
        two("prelu", Tensor::prelu);
    }

    private void reductions() {
        one("sum_all", Tensor::sum);
        one("sum_0_2", x -> x.sum(0, 2));
        one("sum_1_keep", x -> x.sumKeepDims(1));
        one("mean_1_2", x -> x.mean(1, 2));
        one("amax_1", x -> x.amax(1));
        one("amax_0_2_keep", x -> x.amaxKeepDims(0, 2));
        one("amax_ties", x -> x.amax(1));
        one("amin_ties", x -> x.amin(1));
    }

    private void products() {
        two("matmul", Tensor::matmul);
        two("matmul_transposed", Tensor::matmulTransposed);
        two("matmul_batched", Tensor::matmul);
        two("matmul_shared_a", Tensor::matmul);
        two("matmul_shared_b", Tensor::matmul);
        two("matmul_batched_transposed", Tensor::matmulTransposed);
        functions.put("linear", x -> Functional.linear(x.get(0), x.get(1), x.get(2)));
    }

    private void convolutions() {
        conv("conv2d_1x1", ONE, 1);
        conv("conv2d_3x3_same", ONE.padding(1), 1);
        conv("conv2d_no_bias", ONE, 1);
        conv("conv2d_leaky", ONE.padding(1), 0.2);
        conv("conv2d_stride2", ONE.padding(1).stride(2), 1);
        conv("conv2d_stride_2_1", ONE.stride(2, 1), 1);
        conv("conv2d_2x2_asymmetric", ONE.padding(0, 0, 1, 1), 1);
        conv("conv2d_asymmetric", ONE.padding(2, 0, 1, 3), 1);
        conv("conv2d_5x3", ONE.padding(2, 1, 2, 1), 1);
        conv("conv2d_4x4", ONE.padding(1).stride(2), 1);
        conv("conv2d_7x7", ONE.padding(3), 1);
        conv("conv2d_dilation2", ONE.padding(2).dilation(2), 1);
        conv("conv2d_dilation_3_2", ONE.dilation(3, 2), 1);
        conv("conv2d_groups", ONE.padding(1).groups(2), 1);
        conv("conv2d_depthwise", ONE.padding(1).groups(3), 1);
        transposed("conv_transpose2d_2x2", ONE.stride(2), 0);
        transposed("conv_transpose2d_3x3", ONE, 0);
        transposed("conv_transpose2d_output_padding", ONE.stride(2).padding(1), 1);
        transposed("conv_transpose2d_4x4", ONE.stride(2).padding(1), 0);
        transposed("conv_transpose2d_dilation", ONE.dilation(2), 0);
        transposed("conv_transpose2d_groups", ONE.stride(2).groups(2), 0);
    }

    private void images() {
        one("max_pool2d", x -> Functional.maxPool2d(x, PoolOptions.window(2)));
        one(
                "max_pool2d_overlapping",
                x -> Functional.maxPool2d(x, PoolOptions.window(3).stride(2).padding(1)));
        one(
                "max_pool2d_ties",
                x -> Functional.maxPool2d(x, PoolOptions.window(3).stride(1).padding(1)));
        one("avg_pool2d", x -> Functional.avgPool2d(x, PoolOptions.window(2)));
        one(
                "avg_pool2d_padded",
                x -> Functional.avgPool2d(x, PoolOptions.window(3).stride(2).padding(1)));
        one("global_avg_pool2d", x -> Functional.globalAvgPool2d(x).reshape(2, 1, 1, 3));
        for (var mode : Map.ofEntries(entry("nearest", Mode.NEAREST), entry("bilinear", Mode.BILINEAR))
                .entrySet()) {
            for (int[] size : new int[][] {{6, 8}, {7, 3}, {2, 9}, {1, 1}}) {
                one(
                        mode.getKey() + "_" + size[0] + "x" + size[1],
                        x -> Functional.interpolate(x, size[0], size[1], mode.getValue()));
            }
        }
    }

    private void norms() {
        functions.put("batch_norm", x -> Functional.batchNorm(x.get(0), x.get(1), x.get(2), EPS, null));
        functions.put(
                "batch_norm_leaky", x -> Functional.batchNormLeakyRelu(x.get(0), x.get(1), x.get(2), EPS, 0.2, null));
        functions.put("batch_norm_evaluation_relu", x -> {
            var variance = x.get(1).detach().square().add(0.5);
            return Functional.batchNormLeakyRelu(x.get(0), x.get(2).detach(), variance, x.get(1), x.get(2), EPS, 0);
        });
        functions.put(
                "group_norm_leaky", x -> Functional.groupNormLeakyRelu(x.get(0), 2, x.get(1), x.get(2), EPS, 0.1));
        functions.put("instance_norm", x -> Functional.instanceNorm(x.get(0), x.get(1), x.get(2), EPS));
        functions.put("group_norm", x -> Functional.groupNorm(x.get(0), 2, x.get(1), x.get(2), EPS));
        functions.put("layer_norm", x -> Functional.layerNorm(x.get(0), x.get(1), x.get(2), EPS));
        one("softmax", Functional::softmax);
        one("log_softmax", Functional::logSoftmax);
        one("log_softmax_large", Functional::logSoftmax);
        one("l2_normalize", Functional::l2Normalize);
    }

    private void losses() {
        two("cosine_similarity", Functional::cosineSimilarity);
        two("l1_loss", Functional::l1Loss);
        two("mse_loss", Functional::mseLoss);
        one("cross_entropy", x -> Functional.crossEntropy(x, 4, 0, 2));
    }

    private void moves() {
        one("reshape", x -> x.reshape(4, 6));
        one("permute", x -> x.permute(2, 0, 1));
        one("transpose", Tensor::transpose);
        one("expand", x -> x.expand(3, 2, 4));
        two("concat", (a, b) -> Functional.concat(1, a, b));
        one("slice", x -> x.slice(2, 1, 4, 2));
        one("pad", x -> x.pad(new int[] {0, 0, 1}, new int[] {0, 1, 2}, 0.5));
        one("flip", x -> x.flip(0, 2));
        one("index_select", x -> x.indexSelect(1, 2, 0, 2, 1));
        one("embedding", x -> Functional.embedding(x, 2, 0, 2, 1));
        one("gather", x -> x.gather(1, 2, 0, 2, 1, 1, 3, 0));
    }

    private void one(String name, UnaryOperator<Tensor> f) {
        functions.put(name, x -> f.apply(x.get(0)));
    }

    private void two(String name, BinaryOperator<Tensor> f) {
        functions.put(name, x -> f.apply(x.get(0), x.get(1)));
    }

    private void conv(String name, ConvOptions options, double slope) {
        functions.put(name, x -> Functional.conv2dLeakyRelu(x.get(0), x.get(1), bias(x), options, slope));
    }

    private void transposed(String name, ConvOptions options, int outputPadding) {
        functions.put(name, x -> Functional.convTranspose2d(x.get(0), x.get(1), bias(x), options, outputPadding));
    }

    private static @Nullable Tensor bias(List<Tensor> x) {
        return x.size() > 2 ? x.get(2) : null;
    }
}
