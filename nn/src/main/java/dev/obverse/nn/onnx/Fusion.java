package dev.obverse.nn.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.obverse.nn.onnx.op.Conv;
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
 * convolution or Gemm; ReLU, LeakyReLU, PReLU, ReLU6 and the sum of a residual block into a convolution's own pass over
 * memory.
 */
final class Fusion {
    private final Map<String, Value> constants;
    private final int opset;
    private final Map<String, Integer> uses = new HashMap<>();
    private final Map<String, Integer> producer = new HashMap<>();
    private final List<@Nullable NodeProto> nodes = new ArrayList<>();

    private Fusion(List<NodeProto> graph, List<ValueInfoProto> outputs, Map<String, Value> constants, int opset) {
        this.constants = constants;
        this.opset = opset;
        for (var node : graph) {
            new HashSet<>(node.getInputList()).forEach(i -> uses.merge(i, 1, Integer::sum));
        }
        outputs.forEach(o -> uses.merge(o.getName(), 1, Integer::sum));
    }

    /** The nodes that are left, in order; new weights are among the constants afterwards. */
    static List<NodeProto> apply(
            List<NodeProto> graph, List<ValueInfoProto> outputs, Map<String, Value> constants, int opset) {
        var fusion = new Fusion(graph, outputs, constants, opset);
        graph.forEach(fusion::add);
        var left = new ArrayList<NodeProto>();
        for (var node : fusion.nodes) {
            if (node != null) {
                left.add(node);
            }
        }
        return left;
    }

    private void add(NodeProto node) {
        if (!fuse(node, 0) && !(node.getOpType().equals("Add") && fuse(node, 1))) {
            nodes.add(node);
        }
        if (node.getOutputCount() > 0) {
            producer.put(node.getOutput(0), nodes.size() - 1);
        }
    }

    /** Draws {@code node} into the one that gives its input {@code i}, and puts the two in its place. */
    private boolean fuse(NodeProto node, int i) {
        var at = i < node.getInputCount() ? producer.get(node.getInput(i)) : null;
        var before = at == null ? null : nodes.get(at);
        if (at == null || before == null || node.getOutputCount() == 0 || uses.getOrDefault(node.getInput(i), 0) != 1) {
            return false;
        }
        var fused = switch (node.getOpType()) {
            case "BatchNormalization" -> withBatchNorm(before, node);
            case "Relu" -> withSlope(before, node, 0);
            case "LeakyRelu" -> withSlope(before, node, number(node, "alpha", 0.01f));
            case "PRelu" -> withSlopes(before, node);
            case "Clip" -> withBounds(before, node);
            case "Add" -> withResidual(before, node, 1 - i);
            default -> null;
        };
        if (fused == null) {
            return false;
        }
        nodes.set(at, null);
        nodes.add(fused);
        return true;
    }

    /** Whether nothing has been drawn into the convolution yet that comes after an activation. */
    private static boolean isOpen(NodeProto conv) {
        return conv.getOpType().equals("Conv")
                && !has(conv, Conv.SLOPE)
                && !has(conv, Conv.HIGH)
                && !hasInput(conv, Conv.SLOPES);
    }

    private static boolean hasInput(NodeProto node, int i) {
        return i < node.getInputCount() && !node.getInput(i).isEmpty();
    }

    private static NodeProto with(NodeProto conv, NodeProto end, String attribute, float value) {
        return conv.toBuilder()
                .clearOutput()
                .addOutput(end.getOutput(0))
                .addAttribute(AttributeProto.newBuilder()
                        .setName(attribute)
                        .setType(AttributeProto.AttributeType.FLOAT)
                        .setF(value))
                .build();
    }

    private static NodeProto with(NodeProto conv, NodeProto end, int input, String name) {
        var builder = conv.toBuilder().clearOutput().addOutput(end.getOutput(0));
        while (builder.getInputCount() <= input) {
            builder.addInput("");
        }
        return builder.setInput(input, name).build();
    }

    private static @Nullable NodeProto withSlope(NodeProto conv, NodeProto activation, float slope) {
        return isOpen(conv) && slope >= 0 ? with(conv, activation, Conv.SLOPE, slope) : null;
    }

    /** One slope per channel of an image, {@code [C,1,1]}. */
    private @Nullable NodeProto withSlopes(NodeProto conv, NodeProto activation) {
        var slopes = constant(activation, 1);
        var weight = constant(conv, 1);
        boolean fits = isOpen(conv)
                && opset >= 7
                && slopes != null
                && weight != null
                && weight.rank() == 4
                && slopes.rank() >= 3
                && slopes.dim(-3) == weight.dim(0)
                && slopes.size() == weight.dim(0);
        return fits ? with(conv, activation, Conv.SLOPES, activation.getInput(1)) : null;
    }

    /** A Clip from 0 on, ReLU6 for instance; its bounds are attributes before opset 11, then inputs. */
    private @Nullable NodeProto withBounds(NodeProto conv, NodeProto clip) {
        Float low = bound(clip, "min", 1);
        Float high = bound(clip, "max", 2);
        if (!isOpen(conv) || low == null || high == null || low != 0 || !(high >= 0)) {
            return null;
        }
        return with(with(conv, clip, Conv.SLOPE, 0), clip, Conv.HIGH, high);
    }

    private @Nullable Float bound(NodeProto clip, String attribute, int input) {
        if (opset < 11) {
            return has(clip, attribute) ? number(clip, attribute, 0) : null;
        }
        var value = constant(clip, input);
        return value == null || value.size() != 1 ? null : (float) value.item();
    }

    private @Nullable NodeProto withResidual(NodeProto conv, NodeProto add, int other) {
        boolean fits = isOpen(conv)
                && opset >= 7
                && add.getInputCount() == 2
                && !hasInput(conv, Conv.RESIDUAL)
                && !add.getInput(other).equals(add.getInput(1 - other))
                && !constants.containsKey(add.getInput(other));
        return fits ? with(conv, add, Conv.RESIDUAL, add.getInput(other)) : null;
    }

    /** {@code (w x + b - mean) gamma / sqrt(variance + eps) + beta} is a convolution again. */
    private @Nullable NodeProto withBatchNorm(NodeProto before, NodeProto norm) {
        var type = before.getOpType();
        boolean transposed = type.equals("ConvTranspose");
        if (!(type.equals("Conv") || transposed || type.equals("Gemm"))
                || (type.equals("Conv") && (!isOpen(before) || hasInput(before, Conv.RESIDUAL)))
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
