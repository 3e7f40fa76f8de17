package dev.obverse.nn.onnx;

import static dev.obverse.nn.onnx.ExportGraph.integer;
import static dev.obverse.nn.onnx.ExportGraph.ints;
import static dev.obverse.nn.onnx.ExportGraph.number;
import static dev.obverse.nn.onnx.ExportGraph.text;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.obverse.backend.NormSpec;
import dev.obverse.backend.ResizeSpec;
import dev.obverse.backend.Unary;
import dev.obverse.nn.onnx.ExportGraph.Placed;
import dev.obverse.tensor.ConvOptions;
import dev.obverse.tensor.PoolOptions;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.op.AvgPool2d;
import dev.obverse.tensor.op.Call;
import dev.obverse.tensor.op.Concat;
import dev.obverse.tensor.op.Conv2d;
import dev.obverse.tensor.op.ConvTranspose2d;
import dev.obverse.tensor.op.Custom;
import dev.obverse.tensor.op.Expand;
import dev.obverse.tensor.op.Flip;
import dev.obverse.tensor.op.Gather;
import dev.obverse.tensor.op.IndexSelect;
import dev.obverse.tensor.op.Matmul;
import dev.obverse.tensor.op.Max;
import dev.obverse.tensor.op.MaxPool2d;
import dev.obverse.tensor.op.Normalize;
import dev.obverse.tensor.op.Pad;
import dev.obverse.tensor.op.Permute;
import dev.obverse.tensor.op.Pointwise;
import dev.obverse.tensor.op.PointwisePair;
import dev.obverse.tensor.op.Reshape;
import dev.obverse.tensor.op.Resize;
import dev.obverse.tensor.op.Slice;
import dev.obverse.tensor.op.Softmax;
import dev.obverse.tensor.op.Strides;
import dev.obverse.tensor.op.Sum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Each of our operations as nodes of ONNX. Images stay channels-first in the graph for as long as they can. */
final class ExportOp {
    private final ExportGraph graph;
    private final Call call;

    private ExportOp(ExportGraph graph, Call call) {
        this.graph = graph;
        this.call = call;
    }

    /** Adds an operation, unless it computes with weights only: its result is a constant then. */
    static void add(ExportGraph graph, Call call) {
        for (int i = 0; i < call.inputCount(); i++) {
            if (graph.has(call.input(i))) {
                graph.put(call.recordedResult(), new ExportOp(graph, call).placed());
                return;
            }
        }
    }

    private Placed placed() {
        return switch (call.op()) {
            case Conv2d op -> convolution(op);
            case ConvTranspose2d op -> transposed(op);
            case MaxPool2d op -> pool("MaxPool", op.window());
            case AvgPool2d op -> pool("AveragePool", op.window(), integer("count_include_pad", 1));
            case Resize op -> resize(op);
            case Pointwise op -> pointwise(op.f());
            case PointwisePair op -> pair(op);
            case Matmul op -> matmul(op);
            case Concat op -> concat(op);
            case Reshape op -> reshape(op.shape());
            case Permute op -> last("Transpose", List.of(), ints("perm", longs(op.axes())));
            case Sum op -> reduce(op.mean() ? "ReduceMean" : "ReduceSum", op.axes(), op.keepDims());
            case Max op -> reduce("ReduceMax", op.axes(), op.keepDims());
            case Softmax op -> softmax(op);
            case Normalize op -> normalize(op);
            case Slice op -> slice(op);
            case Flip op -> flip(op);
            case Pad op -> pad(op);
            case Expand op ->
                last("Expand", List.of(graph.whole(longs(op.shape().toArray()))));
            case IndexSelect op -> {
                var x = x();
                var indices = graph.whole(longs(op.indices()));
                yield kept(x, "Gather", List.of(indices), integer("axis", x.axis(op.axis())));
            }
            case Gather _, Custom _ ->
                throw new IllegalArgumentException("The operation " + call.op().name() + " cannot be exported to ONNX");
        };
    }

    private Placed x() {
        return graph.get(call.input(0));
    }

    /** A node over channels-first images. */
    private Placed first(String type, List<String> more, AttributeProto... attributes) {
        return kept(graph.channelsFirst(x()), type, more, attributes);
    }

    /** A node over the module's own order of axes. */
    private Placed last(String type, List<String> more, AttributeProto... attributes) {
        return kept(graph.channelsLast(x()), type, more, attributes);
    }

    /** A node that keeps the order of axes. */
    private Placed kept(Placed x, String type, List<String> more, AttributeProto... attributes) {
        var inputs = Stream.concat(Stream.of(x.name()), more.stream()).toList();
        return new Placed(graph.node(type, inputs, attributes), call.resultShape(), x.channelsFirst());
    }

    private Placed convolution(Conv2d op) {
        var x = op.parts() == 1 ? graph.channelsFirst(x()) : joined(op.parts());
        var weights = weights(op.parts(), "OIHW", 3, 2, 0, 1);
        var w = call.shape(op.parts());
        var y = kept(
                x,
                "Conv",
                weights,
                geometry(op.geometry(), w, integer("group", op.geometry().groups())));
        return op.slope() == 1 ? y : activation(y, op.slope());
    }

    private Placed activation(Placed y, double slope) {
        return slope == 0 ? kept(y, "Relu", List.of()) : kept(y, "LeakyRelu", List.of(), number("alpha", slope));
    }

    private Placed transposed(ConvTranspose2d op) {
        var weights = weights(1, "IOHW", 2, 3, 0, 1);
        var more = ints("output_padding", op.outputPadding(), op.outputPadding());
        return first(
                "ConvTranspose",
                weights,
                geometry(
                        op.geometry(),
                        call.shape(1),
                        integer("group", op.geometry().groups()),
                        more));
    }

    /** The image that the first {@code parts} inputs are, as {@code [N,C,H,W]}. */
    private Placed joined(int parts) {
        var names = IntStream.range(0, parts).mapToObj(i -> operand(i, true)).toList();
        int channels = IntStream.range(0, parts).map(i -> call.shape(i).dim(3)).sum();
        var name = graph.node("Concat", names, integer("axis", 1));
        return new Placed(name, call.shape(0).with(3, channels), true);
    }

    /** That no input from {@code first} on is computed from the graph's. */
    private void requireConstants(int first) {
        for (int i = first; i < call.inputCount(); i++) {
            if (graph.has(call.input(i))) {
                throw new IllegalArgumentException(
                        call.op().name() + " with weights that depend on the input cannot be exported to ONNX");
            }
        }
    }

    /** The weight, input {@code at}, and the bias behind it, if there is one. */
    private List<String> weights(int at, String order, int... axes) {
        requireConstants(at);
        var weights = new ArrayList<String>();
        weights.add(graph.weight(call.input(at), order, w -> w.permute(axes)));
        if (call.inputCount() > at + 1) {
            weights.add(graph.weight(call.input(at + 1), "", b -> b));
        }
        return weights;
    }

    private static AttributeProto[] geometry(ConvOptions g, Shape w, AttributeProto... more) {
        return Stream.concat(
                        Stream.of(
                                ints("kernel_shape", w.dim(0), w.dim(1)),
                                ints("strides", g.strideH(), g.strideW()),
                                ints("dilations", g.dilationH(), g.dilationW()),
                                ints("pads", g.padTop(), g.padLeft(), g.padBottom(), g.padRight())),
                        Arrays.stream(more))
                .toArray(AttributeProto[]::new);
    }

    private Placed pool(String type, PoolOptions w, AttributeProto... more) {
        var attributes = Stream.concat(
                        Stream.of(
                                ints("kernel_shape", w.kh(), w.kw()),
                                ints("strides", w.strideH(), w.strideW()),
                                ints("pads", w.padH(), w.padW(), w.padH(), w.padW())),
                        Arrays.stream(more))
                .toArray(AttributeProto[]::new);
        return first(type, List.of(), attributes);
    }

    private Placed resize(Resize op) {
        boolean nearest = op.mode() == ResizeSpec.Mode.NEAREST;
        return first(
                "Resize",
                List.of("", "", graph.whole(op.height(), op.width())),
                ints("axes", 2, 3),
                text("mode", nearest ? "nearest" : "linear"),
                text("coordinate_transformation_mode", nearest ? "asymmetric" : "half_pixel"),
                text("nearest_mode", "floor"));
    }

    private Placed pointwise(Unary f) {
        var x = x();
        return switch (f.kind()) {
            case AFFINE -> {
                var y = f.a() == 1 ? x : kept(x, "Mul", List.of(graph.number(f.a())));
                yield f.b() == 0 ? y : kept(y, "Add", List.of(graph.number(f.b())));
            }
            case ABS -> kept(x, "Abs", List.of());
            case SQUARE -> kept(x, "Mul", List.of(x.name()));
            case SQRT -> kept(x, "Sqrt", List.of());
            case RECIPROCAL -> kept(x, "Reciprocal", List.of());
            case EXP -> kept(x, "Exp", List.of());
            case LOG -> kept(x, "Log", List.of());
            case TANH -> kept(x, "Tanh", List.of());
            case SIGMOID -> kept(x, "Sigmoid", List.of());
            case LEAKY_RELU -> activation(x, f.a());
            case SILU -> kept(x, "Mul", List.of(kept(x, "Sigmoid", List.of()).name()));
            case GELU -> {
                var inner = kept(kept(x, "Mul", List.of(graph.number(Math.sqrt(0.5)))), "Erf", List.of());
                var half = kept(kept(inner, "Add", List.of(graph.number(1))), "Mul", List.of(graph.number(0.5)));
                yield kept(x, "Mul", List.of(half.name()));
            }
            case CLAMP -> kept(x, "Clip", List.of(graph.number(f.a()), graph.number(f.b())));
            case SIGN -> kept(x, "Sign", List.of());
        };
    }

    private Placed pair(PointwisePair op) {
        var type = switch (op.f()) {
            case ADD -> "Add";
            case SUB -> "Sub";
            case MUL -> "Mul";
            case DIV -> "Div";
            case MAX -> "Max";
            case MIN -> "Min";
            case HEAVISIDE, EQUAL ->
                throw new IllegalArgumentException("The operation " + op.name() + " cannot be exported to ONNX");
        };
        int rank = call.resultShape().rank();
        boolean first = false;
        boolean same = true;
        for (int i = 0; i < 2; i++) {
            if (graph.has(call.input(i))) {
                first |= graph.get(call.input(i)).channelsFirst();
                same &= call.shape(i).rank() == rank;
            }
        }
        boolean channelsFirst = first && same;
        var inputs =
                IntStream.range(0, 2).mapToObj(i -> operand(i, channelsFirst)).toList();
        return new Placed(graph.node(type, inputs), call.resultShape(), channelsFirst);
    }

    private String operand(int i, boolean channelsFirst) {
        var tensor = call.input(i);
        if (graph.has(tensor)) {
            var value = graph.get(tensor);
            return (channelsFirst ? graph.channelsFirst(value) : graph.channelsLast(value)).name();
        }
        return channelsFirst && tensor.size() > 1
                ? graph.weight(tensor, "first of " + call.resultShape().rank(), this::toFirst)
                : graph.weight(tensor, "", t -> t);
    }

    /** A constant that broadcasts to the result, with its axes in the graph's order. */
    private Tensor toFirst(Tensor constant) {
        int rank = call.resultShape().rank();
        var extents = new int[rank];
        Arrays.fill(extents, 1);
        System.arraycopy(constant.shape().toArray(), 0, extents, rank - constant.rank(), constant.rank());
        return constant.reshape(extents)
                .permute(IntStream.range(0, rank)
                        .map(i -> i == 0 ? 0 : i == 1 ? rank - 1 : i - 1)
                        .toArray());
    }

    private Placed matmul(Matmul op) {
        var b = call.input(1);
        var x = graph.has(call.input(0)) ? graph.channelsLast(x()) : null;
        if (x == null || graph.has(b)) {
            throw new IllegalArgumentException(
                    "matmul is exported to ONNX with a constant on the right only, as a linear layer has it");
        }
        if (x.rank() == 2 && b.rank() == 2) {
            var weight = graph.weight(b, "", w -> w);
            return kept(x, "Gemm", List.of(weight), integer("transB", op.transposeB() ? 1 : 0));
        }
        var weight = graph.weight(b, op.transposeB() ? "transposed" : "", w -> op.transposeB() ? w.transpose() : w);
        return kept(x, "MatMul", List.of(weight));
    }

    private Placed concat(Concat op) {
        boolean first = false;
        for (int i = 0; i < call.inputCount(); i++) {
            first |= graph.has(call.input(i)) && graph.get(call.input(i)).channelsFirst();
        }
        boolean channelsFirst = first;
        var names = IntStream.range(0, call.inputCount())
                .mapToObj(i -> operand(i, channelsFirst))
                .toList();
        var like = new Placed("", call.resultShape(), channelsFirst);
        return new Placed(
                graph.node("Concat", names, integer("axis", like.axis(op.axis()))), call.resultShape(), channelsFirst);
    }

    /** The batch stays open: 0 keeps the first extent. */
    private Placed reshape(Shape shape) {
        var wanted = longs(shape.toArray());
        if (wanted.length > 0
                && call.shape(0).rank() > 0
                && wanted[0] == graph.batch()
                && call.shape(0).dim(0) == graph.batch()) {
            wanted[0] = 0;
        }
        return last("Reshape", List.of(graph.whole(wanted)));
    }

    private Placed reduce(String type, int[] axes, boolean keepDims) {
        var sorted = Strides.axes(type, call.shape(0), axes);
        boolean channelsLeft =
                Arrays.stream(sorted).allMatch(a -> a > 0 && a < call.shape(0).rank() - 1);
        boolean spatialLeft = sorted.length < call.shape(0).rank() - 2;
        var x = keepDims || (channelsLeft && !spatialLeft) ? x() : graph.channelsLast(x());
        var mapped = Arrays.stream(sorted).mapToLong(x::axis).sorted().toArray();
        var name = graph.node(type, List.of(x.name(), graph.whole(mapped)), integer("keepdims", keepDims ? 1 : 0));
        return new Placed(name, call.resultShape(), keepDims && x.channelsFirst());
    }

    private Placed softmax(Softmax op) {
        var x = x();
        return kept(x, op.log() ? "LogSoftmax" : "Softmax", List.of(), integer("axis", x.axis(-1)));
    }

    /**
     * Batch norm in evaluation; layer norm over the last axis; else groups of channels, as channels of instance norm.
     */
    private Placed normalize(Normalize op) {
        requireConstants(1);
        var spec = op.spec();
        var eps = number("epsilon", spec.eps());
        var gamma = op.affine(call) ? call.input(1) : filled(1, spec.columns());
        var beta = op.affine(call) ? call.input(2) : filled(0, spec.columns());
        Placed y;
        if (!spec.ownStatistics()) {
            var weights = Stream.of(gamma, beta, call.input(call.inputCount() - 2), call.input(call.inputCount() - 1))
                    .map(w -> graph.weight(w, "", t -> t))
                    .toList();
            y = call.shape(0).rank() < 3
                    ? last("BatchNormalization", weights, eps)
                    : first("BatchNormalization", weights, eps);
        } else if (spec.r1() == 1 && spec.b() == 1) {
            var weights = List.of(graph.weight(gamma, "", t -> t), graph.weight(beta, "", t -> t));
            y = last("LayerNormalization", weights, integer("axis", -1), eps);
        } else {
            y = grouped(spec, eps);
            if (op.affine(call)) {
                var order = "first of " + y.rank();
                y = kept(y, "Mul", List.of(graph.weight(gamma, order, this::toFirst)));
                y = kept(y, "Add", List.of(graph.weight(beta, order, this::toFirst)));
            }
        }
        return spec.slope() == 1 ? y : activation(y, spec.slope());
    }

    private Tensor filled(double value, int length) {
        return Tensor.full(call.input(0).device(), value, Shape.of(length));
    }

    private Placed grouped(NormSpec spec, AttributeProto eps) {
        if (spec.a() != call.shape(0).dim(0)) {
            throw new IllegalArgumentException("A batch norm with the statistics of the batch cannot be exported to"
                    + " ONNX; call eval() on the module");
        }
        var ones = graph.weight(filled(1, spec.b()), "", t -> t);
        var zeros = graph.weight(filled(0, spec.b()), "", t -> t);
        var x = graph.channelsFirst(x());
        var grouped = graph.node("Reshape", List.of(x.name(), graph.whole(0, spec.b(), -1)));
        var normed = graph.node("InstanceNormalization", List.of(grouped, ones, zeros), eps);
        var extents = call.shape(0).toArray();
        var back = IntStream.range(0, extents.length)
                .mapToLong(i -> i == 0 ? 0 : i == 1 ? extents[extents.length - 1] : extents[i - 1])
                .toArray();
        return new Placed(graph.node("Reshape", List.of(normed, graph.whole(back))), call.resultShape(), true);
    }

    private Placed slice(Slice op) {
        var x = x();
        return kept(
                x,
                "Slice",
                List.of(
                        graph.whole(op.start()),
                        graph.whole(op.end()),
                        graph.whole(x.axis(op.axis())),
                        graph.whole(op.step())));
    }

    private Placed flip(Flip op) {
        var x = x();
        int n = op.axes().length;
        long[] from = new long[n];
        long[] to = new long[n];
        Arrays.fill(from, -1);
        Arrays.fill(to, Long.MIN_VALUE + 1);
        return kept(
                x,
                "Slice",
                List.of(
                        graph.whole(from),
                        graph.whole(to),
                        graph.whole(Arrays.stream(op.axes()).mapToLong(x::axis).toArray()),
                        graph.whole(from)));
    }

    private Placed pad(Pad op) {
        var x = x();
        int rank = x.rank();
        var pads = new long[2 * rank];
        for (int i = 0; i < rank; i++) {
            pads[x.axis(i)] = op.before()[i];
            pads[rank + x.axis(i)] = op.after()[i];
        }
        return kept(x, "Pad", List.of(graph.whole(pads), graph.number(op.value())));
    }

    private static long[] longs(int[] values) {
        return Arrays.stream(values).asLongStream().toArray();
    }
}
