package dev.obverse.benchmarks.work;

import java.util.Arrays;
import java.util.List;

/**
 * IResNet-50 (Deng et al. 2019, section 3.2) as an ONNX model in memory, node for node as PyTorch exports it: the batch
 * norms behind convolutions are folded, those before them are not. The weights are random.
 */
final class OnnxIResNet {
    private static final List<Integer> BLOCKS = List.of(3, 4, 14, 3);
    private static final int WIDTH = 64;
    private static final int EMBEDDING = 512;

    private final OnnxGraph graph = new OnnxGraph("iresnet50");

    private OnnxIResNet() {}

    static byte[] model(int size) {
        var net = new OnnxIResNet();
        net.graph.input("faces", null, size);
        var x = net.activation("prelu", net.conv("conv1", "faces", 3, WIDTH, 3, 1, 1), WIDTH);
        int in = WIDTH;
        for (int stage = 0; stage < BLOCKS.size(); stage++) {
            int out = WIDTH << stage;
            for (int i = 0; i < BLOCKS.get(stage); i++) {
                x = net.block("layer" + (stage + 1) + "." + i, x, in, out, i == 0 ? 2 : 1);
                in = out;
            }
        }
        int side = size >> BLOCKS.size();
        var flat = net.graph.node("Flatten", "flat", List.of(), net.norm("bn2", x, in));
        net.weight("fc.weight", 1, EMBEDDING, in * side * side);
        net.weight("fc.bias", 0.1, EMBEDDING);
        var transposed = List.of(OnnxGraph.integer("transB", 1));
        var vector = net.graph.node("Gemm", "fc", transposed, flat, "fc.weight", "fc.bias");
        net.graph.output(net.norm("features", vector, EMBEDDING));
        return net.graph.model();
    }

    /** Floating-point operations for one face, of convolutions and the last layer. */
    static double flops(int size) {
        double macs = 9.0 * size * size * 3 * WIDTH;
        int in = WIDTH;
        int side = size;
        for (int stage = 0; stage < BLOCKS.size(); stage++) {
            int out = WIDTH << stage;
            double after = (side / 2.0) * (side / 2.0);
            macs += 9.0 * side * side * in * out + after * (9.0 * out * out + in * out);
            side /= 2;
            macs += (BLOCKS.get(stage) - 1) * 18.0 * side * side * out * out;
            in = out;
        }
        return 2 * (macs + (double) in * side * side * EMBEDDING);
    }

    private String block(String name, String x, int in, int out, int stride) {
        var y = conv(name + ".conv1", norm(name + ".bn1", x, in), in, out, 3, 1, 1);
        // A quarter, so that the sum of 24 blocks stays of one size.
        y = conv(name + ".conv2", activation(name + ".prelu", y, out), out, out, 3, stride, 0.25);
        var shortcut = stride == 1 ? x : conv(name + ".downsample", x, in, out, 1, stride, 1);
        return graph.node("Add", name, List.of(), y, shortcut);
    }

    private String conv(String name, String x, int in, int out, int kernel, int stride, double gain) {
        weight(name + ".weight", gain, out, in, kernel, kernel);
        weight(name + ".bias", 0.1, out);
        int pad = kernel / 2;
        return graph.node(
                "Conv",
                name,
                List.of(
                        OnnxGraph.integers("kernel_shape", kernel, kernel),
                        OnnxGraph.integers("pads", pad, pad, pad, pad),
                        OnnxGraph.integers("strides", stride, stride)),
                x,
                name + ".weight",
                name + ".bias");
    }

    /** Scale and variance near 1. */
    private String norm(String name, String x, int channels) {
        for (var kind : List.of("weight", "var")) {
            var values = Inputs.uniform(name + kind, channels);
            for (int i = 0; i < channels; i++) {
                values[i] = 0.75f + 0.5f * values[i];
            }
            graph.tensor(name + "." + kind, values, channels);
        }
        weight(name + ".bias", 0.1, channels);
        weight(name + ".mean", 0.1, channels);
        return graph.node(
                "BatchNormalization",
                name,
                List.of(),
                x,
                name + ".weight",
                name + ".bias",
                name + ".mean",
                name + ".var");
    }

    private String activation(String name, String x, int channels) {
        var slopes = new float[channels];
        Arrays.fill(slopes, 0.25f);
        graph.tensor(name + ".slope", slopes, channels, 1, 1);
        return graph.node("PRelu", name, List.of(), x, name + ".slope");
    }

    /** Normal, with a deviation of {@code gain} over the root of the number of inputs. */
    private void weight(String name, double gain, int... extents) {
        int length = Arrays.stream(extents).reduce(1, (a, b) -> a * b);
        graph.tensor(name, Inputs.normal(name, length, gain / Math.sqrt((double) length / extents[0])), extents);
    }
}
