package dev.obverse.nn.onnx;

import static dev.obverse.nn.onnx.ExportGraph.number;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.obverse.nn.onnx.ExportGraph.Placed;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.op.Call;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** An operation that is being written to a graph, and what all kinds of operations need for it. */
abstract class ExportCall {
    final ExportGraph graph;
    final Call call;

    ExportCall(ExportGraph graph, Call call) {
        this.graph = graph;
        this.call = call;
    }

    Placed x() {
        return graph.get(call.input(0));
    }

    /** A node over channels-first images. */
    Placed first(String type, List<String> more, AttributeProto... attributes) {
        return kept(graph.channelsFirst(x()), type, more, attributes);
    }

    /** A node over the module's own order of axes. */
    Placed last(String type, List<String> more, AttributeProto... attributes) {
        return kept(graph.channelsLast(x()), type, more, attributes);
    }

    /** A node that keeps the order of axes. */
    Placed kept(Placed x, String type, List<String> more, AttributeProto... attributes) {
        var inputs = Stream.concat(Stream.of(x.name()), more.stream()).toList();
        return new Placed(graph.node(type, inputs, attributes), call.resultShape(), x.channelsFirst());
    }

    Placed activation(Placed y, double slope) {
        return slope == 0 ? kept(y, "Relu", List.of()) : kept(y, "LeakyRelu", List.of(), number("alpha", slope));
    }

    String operand(int i, boolean channelsFirst) {
        var tensor = call.input(i);
        if (graph.has(tensor)) {
            var value = graph.get(tensor);
            return (channelsFirst ? graph.channelsFirst(value) : graph.channelsLast(value)).name();
        }
        return channelsFirst && tensor.size() > 1
                ? graph.weight(tensor, "first of " + call.resultShape().rank(), this::toFirst)
                : graph.weight(tensor, "", t -> t);
    }

    /** That no input from {@code first} on is computed from the graph's. */
    void requireConstants(int first) {
        for (int i = first; i < call.inputCount(); i++) {
            if (graph.has(call.input(i))) {
                throw new IllegalArgumentException(
                        call.op().name() + " with weights that depend on the input cannot be exported to ONNX");
            }
        }
    }

    /** A constant that broadcasts to the result, with its axes in the graph's order. */
    Tensor toFirst(Tensor constant) {
        int rank = call.resultShape().rank();
        var extents = new int[rank];
        Arrays.fill(extents, 1);
        System.arraycopy(constant.shape().toArray(), 0, extents, rank - constant.rank(), constant.rank());
        return constant.reshape(extents)
                .permute(IntStream.range(0, rank)
                        .map(i -> i == 0 ? 0 : i == 1 ? rank - 1 : i - 1)
                        .toArray());
    }

    static long[] longs(int[] values) {
        return Arrays.stream(values).asLongStream().toArray();
    }
}
