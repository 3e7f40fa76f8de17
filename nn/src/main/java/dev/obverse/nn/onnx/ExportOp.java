package dev.obverse.nn.onnx;

import static dev.obverse.nn.onnx.ExportGraph.integer;
import static dev.obverse.nn.onnx.ExportGraph.ints;

import dev.obverse.backend.Unary;
import dev.obverse.nn.onnx.ExportGraph.Placed;
import dev.obverse.tensor.Shape;
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
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Each of our operations as nodes of ONNX. Images stay channels-first in the graph for as long as they can. */
final class ExportOp extends ExportCall {
    private ExportOp(ExportGraph graph, Call call) {
        super(graph, call);
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
        var layer = new ExportLayer(graph, call);
        return switch (call.op()) {
            case Conv2d op -> layer.convolution(op);
            case ConvTranspose2d op -> layer.transposed(op);
            case MaxPool2d op -> layer.pool("MaxPool", op.window());
            case AvgPool2d op -> layer.pool("AveragePool", op.window(), integer("count_include_pad", 1));
            case Resize op -> layer.resize(op);
            case Pointwise op -> pointwise(op.f());
            case PointwisePair op -> pair(op);
            case Matmul op -> matmul(op);
            case Concat op -> concat(op);
            case Reshape op -> reshape(op.shape());
            case Permute op -> last("Transpose", List.of(), ints("perm", longs(op.axes())));
            case Sum op -> reduce(op.mean() ? "ReduceMean" : "ReduceSum", op.axes(), op.keepDims());
            case Max op -> reduce("ReduceMax", op.axes(), op.keepDims());
            case Softmax op -> softmax(op);
            case Normalize op -> layer.normalize(op);
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
}
