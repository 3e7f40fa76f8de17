package dev.obverse.nn.onnx.op;

import dev.obverse.tensor.Tensor;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The operators that a graph may use. */
public final class Operators {
    /** The opsets whose meaning of these operators is known. */
    public static final int OLDEST = 6;

    public static final int NEWEST = 25;

    private static final Map<String, Operator> ALL = new TreeMap<>();

    /** Operators whose results are no larger than their inputs: they may be computed while a graph is read. */
    private static final Set<String> KEEP_SIZE = Set.of(
            "Cast",
            "CastLike",
            "Constant",
            "Flatten",
            "Identity",
            "Neg",
            "Reshape",
            "Squeeze",
            "Transpose",
            "Unsqueeze");

    private Operators() {}

    static {
        // convolution and pooling
        ALL.put("Conv", Conv::prepare);
        ALL.put("ConvTranspose", ConvTranspose::prepare);
        ALL.put("MaxPool", Pooling::max);
        ALL.put("AveragePool", Pooling::average);
        ALL.put("GlobalAveragePool", Pooling.global(Tensor::meanKeepDims));
        ALL.put("GlobalMaxPool", Pooling.global(Tensor::amaxKeepDims));

        // normalisation
        ALL.put("BatchNormalization", Norms::batch);
        ALL.put("InstanceNormalization", Norms::instance);
        ALL.put("GroupNormalization", Norms::group);
        ALL.put("LayerNormalization", Norms::layer);
        ALL.put("LpNormalization", Norms::lp);
        ALL.put("LRN", Norms::localResponse);

        // products
        ALL.put("Gemm", MatMul::gemm);
        ALL.put("MatMul", MatMul::prepare);
        ALL.put("MatMulInteger", MatMul::integer);

        // activations
        ALL.put("Relu", Elementary.of(Tensor::relu));
        ALL.put("LeakyRelu", Activations::leakyRelu);
        ALL.put("PRelu", Activations::prelu);
        ALL.put("Elu", Activations::elu);
        ALL.put("Selu", Activations::selu);
        ALL.put("Celu", Activations::celu);
        ALL.put("Gelu", Activations::gelu);
        ALL.put("Swish", Activations::swish);
        ALL.put("Mish", Elementary.of(Activations::mish));
        ALL.put("Sigmoid", Elementary.of(Tensor::sigmoid));
        ALL.put("HardSigmoid", Activations::hardSigmoid);
        ALL.put("HardSwish", Elementary.of(Activations::hardSwish));
        ALL.put("Softplus", Elementary.of(Activations::softplus));
        ALL.put("Softsign", Elementary.of(Activations::softsign));
        ALL.put("Tanh", Elementary.of(Tensor::tanh));
        ALL.put("Softmax", Softmax.of(false));
        ALL.put("LogSoftmax", Softmax.of(true));
        ALL.put("Clip", Clip::prepare);
        ALL.put("Dropout", Shaping::dropout);

        // functions of one number
        ALL.put("Abs", Elementary.of(Tensor::abs));
        ALL.put("Neg", Elementary.of(Tensor::neg));
        ALL.put("Sign", Elementary.of(Tensor::sign));
        ALL.put("Exp", Elementary.of(Tensor::exp));
        ALL.put("Log", Elementary.of(Tensor::log));
        ALL.put("Sqrt", Elementary.of(Tensor::sqrt));
        ALL.put("Reciprocal", Elementary.of(Tensor::reciprocal));
        ALL.put("Erf", Elementary.host("Erf", HostFunction::erf, Elementary::erfDerivative));
        ALL.put("Sin", Elementary.host("Sin", Math::sin, Math::cos));
        ALL.put("Cos", Elementary.host("Cos", Math::cos, x -> -Math.sin(x)));
        ALL.put("Floor", Elementary.steps("Floor", Math::floor));
        ALL.put("Ceil", Elementary.steps("Ceil", Math::ceil));
        ALL.put("Round", Elementary.steps("Round", Math::rint));
        ALL.put("Not", Elementary.steps("Not", x -> x == 0 ? 1 : 0));

        // functions of two or more
        ALL.put("Add", Arithmetic.of(Tensor::add));
        ALL.put("Sub", Arithmetic.of(Tensor::sub));
        ALL.put("Mul", Arithmetic.of(Tensor::mul));
        ALL.put("Div", Arithmetic::div);
        ALL.put("Mod", Arithmetic::mod);
        ALL.put("Pow", Arithmetic::pow);
        ALL.put("Sum", Arithmetic.all(Tensor::add, false));
        ALL.put("Mean", Arithmetic.all(Tensor::add, true));
        ALL.put("Max", Arithmetic.all(Tensor::maximum, false));
        ALL.put("Min", Arithmetic.all(Tensor::minimum, false));
        ALL.put("Less", Comparison.of((a, b) -> a < b));
        ALL.put("LessOrEqual", Comparison.of((a, b) -> a <= b));
        ALL.put("Greater", Comparison.of((a, b) -> a > b));
        ALL.put("GreaterOrEqual", Comparison.of((a, b) -> a >= b));
        ALL.put("Equal", Comparison.of((a, b) -> a == b));
        ALL.put("And", Comparison.of((a, b) -> a != 0 && b != 0));
        ALL.put("Or", Comparison.of((a, b) -> a != 0 || b != 0));
        ALL.put("Xor", Comparison.of((a, b) -> a != 0 ^ b != 0));
        ALL.put("Where", Comparison::where);

        // reductions
        ALL.put("ReduceSum", Reductions.of(Tensor::sumKeepDims));
        ALL.put("ReduceMean", Reductions.of(Tensor::meanKeepDims));
        ALL.put("ReduceMax", Reductions.of(Tensor::amaxKeepDims));
        ALL.put("ReduceMin", Reductions.of(Reductions::min));
        ALL.put("ReduceL1", Reductions.of(Tensor::abs, Tensor::sumKeepDims, y -> y));
        ALL.put("ReduceL2", Reductions.of(Tensor::square, Tensor::sumKeepDims, Tensor::sqrt));
        ALL.put("ReduceSumSquare", Reductions.of(Tensor::square, Tensor::sumKeepDims, y -> y));
        ALL.put("ReduceLogSum", Reductions.of(x -> x, Tensor::sumKeepDims, Tensor::log));
        ALL.put("ReduceLogSumExp", Reductions.of(Reductions::logSumExp));
        ALL.put("ArgMax", Reductions.arg(true));
        ALL.put("ArgMin", Reductions.arg(false));

        // shapes and parts
        ALL.put("Identity", Shaping::identity);
        ALL.put("Reshape", Shaping::reshape);
        ALL.put("Flatten", Shaping::flatten);
        ALL.put("Squeeze", Shaping::squeeze);
        ALL.put("Unsqueeze", Shaping::unsqueeze);
        ALL.put("Transpose", Shaping::transpose);
        ALL.put("Expand", Shaping::expand);
        ALL.put("Tile", Shaping::tile);
        ALL.put("DepthToSpace", Shaping::depthToSpace);
        ALL.put("SpaceToDepth", Shaping::spaceToDepth);
        ALL.put("Slice", Slicing::slice);
        ALL.put("Split", Slicing::split);
        ALL.put("Concat", Slicing::concat);
        ALL.put("Gather", Slicing::gather);
        ALL.put("GatherElements", Slicing::gatherElements);
        ALL.put("Pad", Pad::prepare);
        ALL.put("Resize", Resize::prepare);
        ALL.put("Upsample", Resize::prepare);

        // constants and types
        ALL.put("Constant", Constants::constant);
        ALL.put("ConstantOfShape", Constants::constantOfShape);
        ALL.put("Range", Constants::range);
        ALL.put("Shape", Constants::shape);
        ALL.put("Size", Constants::size);
        ALL.put("Cast", Cast::cast);
        ALL.put("CastLike", Cast::castLike);
    }

    /** The operator of this name; null if there is none. */
    public static @Nullable Operator find(String name) {
        return ALL.get(name);
    }

    /** All names, in their order. */
    public static Set<String> names() {
        return new TreeSet<>(ALL.keySet());
    }

    public static boolean keepsSize(String name) {
        return KEEP_SIZE.contains(name);
    }
}
