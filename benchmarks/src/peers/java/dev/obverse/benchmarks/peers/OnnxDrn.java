package dev.obverse.benchmarks.peers;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.obverse.benchmarks.work.DrnSize;
import dev.obverse.benchmarks.work.OnnxGraph;
import dev.obverse.benchmarks.work.TraceWork;
import java.util.ArrayList;
import java.util.List;

/** The tracing part of the paper's network as an ONNX model in memory, {@code fake} to {@code traced}, NCHW. */
final class OnnxDrn {
    private static final AttributeProto KERNEL_2 = OnnxGraph.integers("kernel_shape", 2, 2);
    private static final AttributeProto STRIDES_2 = OnnxGraph.integers("strides", 2, 2);
    private static final AttributeProto PADS_1 = OnnxGraph.integers("pads", 1, 1, 1, 1);

    private final OnnxGraph graph = new OnnxGraph("trace");

    private OnnxDrn() {}

    static byte[] model(TraceWork work) {
        var drn = new OnnxDrn();
        var identity = drn.encoder("identityEncoder", work.width());
        var attribute = drn.encoder("attributeEncoder", work.width());
        var x = drn.block(
                "decoder.fuse", drn.concat(identity.get(3), attribute.get(3)), 16 * work.width(), 8 * work.width());
        for (int i = 1; i <= 3; i++) {
            int channels = work.width() << (3 - i);
            var up = drn.up("decoder.up" + i, x, 2 * channels, channels);
            x = drn.block(
                    "decoder.block" + i,
                    drn.concat(up, identity.get(3 - i), attribute.get(3 - i)),
                    3 * channels,
                    channels);
        }
        drn.graph.input("fake", work.batch(), work.size());
        drn.graph.output(drn.graph.node("Sigmoid", "traced", List.of(), drn.conv("decoder.out", x, work.width(), 3)));
        return drn.graph.model();
    }

    private List<String> encoder(String name, int width) {
        var maps = new ArrayList<String>();
        var x = "fake";
        int cin = 3;
        for (int stage = 1; stage <= 4; stage++) {
            int cout = width << (stage - 1);
            if (stage > 1) {
                x = graph.node("MaxPool", name + ".down" + stage, List.of(KERNEL_2, STRIDES_2), x);
            }
            x = block(name + ".stage" + stage, x, cin, cout);
            maps.add(x);
            cin = cout;
        }
        return maps;
    }

    private String block(String name, String x, int cin, int cout) {
        var once = leaky(conv(name + ".conv1", x, cin, cout));
        return leaky(conv(name + ".conv2", once, cout, cout));
    }

    private String leaky(String x) {
        return graph.node("LeakyRelu", x + ".leaky", List.of(OnnxGraph.number("alpha", 0.2f)), x);
    }

    private String conv(String name, String x, int cin, int cout) {
        var weight = permuted(DrnSize.parameter(name + ".weight", 3, 3, cin, cout), 3, cin, cout, false);
        graph.tensor(name + ".weight", weight, cout, cin, 3, 3);
        bias(name, cout);
        return graph.node("Conv", name, List.of(PADS_1), x, name + ".weight", name + ".bias");
    }

    private String up(String name, String x, int cin, int cout) {
        var weight = permuted(DrnSize.parameter(name + ".weight", 2, 2, cin, cout), 2, cin, cout, true);
        graph.tensor(name + ".weight", weight, cin, cout, 2, 2);
        bias(name, cout);
        return graph.node("ConvTranspose", name, List.of(STRIDES_2), x, name + ".weight", name + ".bias");
    }

    private String concat(String... maps) {
        return graph.node("Concat", maps[0] + ".joined", List.of(OnnxGraph.integer("axis", 1)), maps);
    }

    private void bias(String name, int n) {
        graph.tensor(name + ".bias", DrnSize.parameter(name + ".bias", n), n);
    }

    /** From {@code [K,K,Cin,Cout]} to {@code [Cout,Cin,K,K]}, or, input first, to {@code [Cin,Cout,K,K]}. */
    private static float[] permuted(float[] w, int kernel, int cin, int cout, boolean inputFirst) {
        var result = new float[w.length];
        int taps = kernel * kernel;
        for (int tap = 0; tap < taps; tap++) {
            for (int i = 0; i < cin; i++) {
                for (int o = 0; o < cout; o++) {
                    int channels = inputFirst ? i * cout + o : o * cin + i;
                    result[channels * taps + tap] = w[(tap * cin + i) * cout + o];
                }
            }
        }
        return result;
    }
}
