package dev.obverse.nn.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.obverse.nn.onnx.op.Value;
import dev.obverse.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Draws a node into the one before it, where nobody else reads what lies between: batch norm into the weights of a
 * convolution or Gemm, ReLU and LeakyReLU into a convolution's own pass over memory.
 */
final class Fusion {
    private final Map<String, Value> constants;
    private final int opset;
    private final Map<String, Integer> uses = new HashMap<>();
    private final Map<String, Integer> producer = new HashMap<>();
    private final List<@Nullable NodeProto> nodes = new ArrayList<>();

    private Fusion(GraphProto graph, Map<String, Value> constants, int opset) {
        this.constants = constants;
        this.opset = opset;
        for (var node : graph.getNodeList()) {
            new HashSet<>(node.getInputList()).forEach(i -> uses.merge(i, 1, Integer::sum));
        }
        graph.getOutputList().forEach(o -> uses.merge(o.getName(), 1, Integer::sum));
    }

    /** The nodes that are left, in order; new weights are among the constants afterwards. */
    static List<NodeProto> apply(GraphProto graph, Map<String, Value> constants, int opset) {
        var fusion = new Fusion(graph, constants, opset);
        graph.getNodeList().forEach(fusion::add);
        var left = new ArrayList<NodeProto>();
        for (var node : fusion.nodes) {
            if (node != null) {
                left.add(node);
            }
        }
        return left;
    }

    private void add(NodeProto node) {
        var at = node.getInputCount() == 0 ? null : producer.get(node.getInput(0));
        var before = at == null ? null : nodes.get(at);
        NodeProto fused = null;
        if (before != null && node.getOutputCount() > 0 && uses.getOrDefault(node.getInput(0), 0) == 1) {
            fused = switch (node.getOpType()) {
                case "BatchNormalization" -> withBatchNorm(before, node);
                case "Relu" -> withSlope(before, node, 0);
                case "LeakyRelu" -> withSlope(before, node, number(node, "alpha", 0.01f));
                default -> null;
            };
        }
        if (fused != null && at != null) {
            nodes.set(at, null);
        }
        nodes.add(fused == null ? node : fused);
        if (node.getOutputCount() > 0) {
            producer.put(node.getOutput(0), nodes.size() - 1);
        }
    }

    private static @Nullable NodeProto withSlope(NodeProto conv, NodeProto activation, float slope) {
        if (!conv.getOpType().equals("Conv") || slope < 0 || has(conv, "obverse.slope")) {
            return null;
        }
        return conv.toBuilder()
                .clearOutput()
                .addOutput(activation.getOutput(0))
                .addAttribute(AttributeProto.newBuilder()
                        .setName("obverse.slope")
                        .setType(AttributeProto.AttributeType.FLOAT)
                        .setF(slope))
                .build();
    }

    /** {@code (w x + b - mean) gamma / sqrt(variance + eps) + beta} is a convolution again. */
    private @Nullable NodeProto withBatchNorm(NodeProto before, NodeProto norm) {
        var type = before.getOpType();
        boolean transposed = type.equals("ConvTranspose");
        if (!(type.equals("Conv") || transposed || type.equals("Gemm"))
                || has(before, "obverse.slope")
                || (transposed && integer(before, "group", 1) != 1)
                || (type.equals("Gemm") && !isPlain(before))
                || norm.getInputCount() < 5
                || (opset >= 14 && integer(norm, "training_mode", 0) != 0)) {
            return null;
        }
        var weight = constant(before, 1);
        var gamma = constant(norm, 1);
        var beta = constant(norm, 2);
        var mean = constant(norm, 3);
        var variance = constant(norm, 4);
        boolean hasBias = before.getInputCount() > 2 && !before.getInput(2).isEmpty();
        var bias = hasBias ? constant(before, 2) : null;
        if (weight == null || gamma == null || beta == null || mean == null || variance == null) {
            return null;
        }
        // Where the result's channels are in the weight.
        int axis = transposed || (type.equals("Gemm") && integer(before, "transB", 0) == 0) ? 1 : 0;
        int channels = gamma.size();
        if ((hasBias && (bias == null || bias.size() != channels))
                || weight.rank() < 2
                || weight.dim(axis) != channels
                || beta.size() != channels
                || mean.size() != channels
                || variance.size() != channels) {
            return null;
        }
        var scale = gamma.div(variance.add(number(norm, "epsilon", 1e-5f)).sqrt());
        var along = new int[weight.rank()];
        Arrays.fill(along, 1);
        along[axis] = channels;
        var name = norm.getOutput(0);
        var shifted = bias == null ? mean.neg() : bias.reshape(channels).sub(mean);
        return before.toBuilder()
                .clearInput()
                .addInput(before.getInput(0))
                .addInput(keep(name + "/weight", before, weight.mul(scale.reshape(along))))
                .addInput(keep(name + "/bias", before, shifted.mul(scale).add(beta)))
                .clearOutput()
                .addOutput(name)
                .build();
    }

    private String keep(String name, NodeProto before, Tensor value) {
        var type = constants.get(before.getInput(1));
        var free = name;
        while (constants.containsKey(free)) {
            free += "'";
        }
        if (type != null) {
            constants.put(free, Value.plain(type.type(), value));
        }
        return free;
    }

    private static boolean isPlain(NodeProto gemm) {
        return number(gemm, "alpha", 1) == 1 && number(gemm, "beta", 1) == 1;
    }

    private @Nullable Tensor constant(NodeProto node, int input) {
        var value = input < node.getInputCount() ? constants.get(node.getInput(input)) : null;
        return value == null || !value.type().isFloat() ? null : value.plain();
    }

    private static boolean has(NodeProto node, String name) {
        return node.getAttributeList().stream().anyMatch(a -> a.getName().equals(name));
    }

    private static float number(NodeProto node, String name, float otherwise) {
        return node.getAttributeList().stream()
                .filter(a -> a.getName().equals(name))
                .map(AttributeProto::getF)
                .findFirst()
                .orElse(otherwise);
    }

    private static long integer(NodeProto node, String name, long otherwise) {
        return node.getAttributeList().stream()
                .filter(a -> a.getName().equals(name))
                .map(AttributeProto::getI)
                .findFirst()
                .orElse(otherwise);
    }
}
