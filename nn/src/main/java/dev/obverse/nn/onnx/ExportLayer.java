package dev.obverse.nn.onnx;

import static dev.obverse.nn.onnx.ExportGraph.integer;
import static dev.obverse.nn.onnx.ExportGraph.ints;
import static dev.obverse.nn.onnx.ExportGraph.number;
import static dev.obverse.nn.onnx.ExportGraph.text;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.obverse.backend.NormSpec;
import dev.obverse.backend.ResizeSpec;
import dev.obverse.nn.onnx.ExportGraph.Placed;
import dev.obverse.tensor.ConvOptions;
import dev.obverse.tensor.PoolOptions;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.op.Call;
import dev.obverse.tensor.op.Conv2d;
import dev.obverse.tensor.op.ConvTranspose2d;
import dev.obverse.tensor.op.Normalize;
import dev.obverse.tensor.op.Resize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Convolutions, pooling, resizing and normalisation as nodes of ONNX. */
final class ExportLayer extends ExportCall {
    ExportLayer(ExportGraph graph, Call call) {
        super(graph, call);
    }

    Placed convolution(Conv2d op) {
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

    Placed transposed(ConvTranspose2d op) {
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

    Placed pool(String type, PoolOptions w, AttributeProto... more) {
        var attributes = Stream.concat(
                        Stream.of(
                                ints("kernel_shape", w.kh(), w.kw()),
                                ints("strides", w.strideH(), w.strideW()),
                                ints("pads", w.padH(), w.padW(), w.padH(), w.padW())),
                        Arrays.stream(more))
                .toArray(AttributeProto[]::new);
        return first(type, List.of(), attributes);
    }

    Placed resize(Resize op) {
        boolean nearest = op.mode() == ResizeSpec.Mode.NEAREST;
        return first(
                "Resize",
                List.of("", "", graph.whole(op.height(), op.width())),
                ints("axes", 2, 3),
                text("mode", nearest ? "nearest" : "linear"),
                text("coordinate_transformation_mode", nearest ? "asymmetric" : "half_pixel"),
                text("nearest_mode", "floor"));
    }

    /**
     * Batch norm in evaluation; layer norm over the last axis; else groups of channels, as channels of instance norm.
     */
    Placed normalize(Normalize op) {
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
}
