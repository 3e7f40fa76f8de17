package dev.obverse.benchmarks.peers;

import dev.obverse.benchmarks.work.DrnSize;
import dev.obverse.benchmarks.work.Inputs;
import dev.obverse.benchmarks.work.Task;
import dev.obverse.benchmarks.work.TraceWork;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The paper's network in libtorch, with the parameters' names and the batching of ours. Activations are in place, as
 * PyTorch code for such networks writes them: less memory, and faster.
 */
final class LibtorchDrn {
    private static final long[] ONE = {1, 1};
    private static final long[] TWO = {2, 2};
    private static final long[] ZERO = {0, 0};
    private static final Scalar SLOPE = new Scalar(0.2);

    /** What an encoder makes of images: its four stages' maps. */
    record Encoding(List<Tensor> maps) {}

    final Map<String, Tensor> parameters = new LinkedHashMap<>();
    private final DrnSize shape;
    private final Layout layout;

    /** Draws its weights with PyTorch's own generator, because a start includes that. */
    LibtorchDrn(DrnSize shape, Layout layout) {
        this.shape = shape;
        this.layout = layout;
        for (var encoder : List.of("identityEncoder", "attributeEncoder")) {
            int cin = 3;
            for (int stage = 1; stage <= 4; stage++) {
                int cout = shape.width() << (stage - 1);
                block(encoder + ".stage" + stage, cin, cout);
                cin = cout;
            }
            int side = shape.size() / 8;
            parameter(encoder + ".head.weight", DrnSize.EMBEDDING, side * side * cin);
            parameter(encoder + ".head.bias", DrnSize.EMBEDDING);
        }
        block("decoder.fuse", 16 * shape.width(), 8 * shape.width());
        for (int i = 1; i <= 3; i++) {
            int channels = shape.width() << (3 - i);
            convolution("decoder.up" + i, 2, 2 * channels, channels);
            block("decoder.block" + i, 3 * channels, channels);
        }
        convolution("decoder.out", 3, shape.width(), 3);
    }

    private void block(String name, int cin, int cout) {
        convolution(name + ".conv1", 3, cin, cout);
        convolution(name + ".conv2", 3, cout, cout);
    }

    private void convolution(String name, int kernel, int cin, int cout) {
        parameter(name + ".weight", kernel, kernel, cin, cout);
        parameter(name + ".bias", cout);
    }

    private void parameter(String name, int... ours) {
        try (var _ = new PointerScope()) {
            var drawn = torch.randn(theirs(name, ours)).mul_(new Scalar(DrnSize.deviation(name, ours)));
            var tensor = ours.length == 4 ? layout.inMemory(drawn) : drawn;
            tensor.requires_grad_(true).retainReference();
            parameters.put(name, tensor);
        }
    }

    private static long[] theirs(String name, int... ours) {
        if (ours.length < 4) {
            return java.util.Arrays.stream(ours).asLongStream().toArray();
        }
        return isUp(name)
                ? new long[] {ours[2], ours[3], ours[0], ours[1]}
                : new long[] {ours[3], ours[2], ours[0], ours[1]};
    }

    private static boolean isUp(String name) {
        return name.startsWith("decoder.up");
    }

    /** Takes the weights that all libraries share. */
    void share() {
        for (var entry : parameters.entrySet()) {
            try (var _ = new PointerScope();
                    var _ = new NoGradGuard()) {
                var name = entry.getKey();
                var target = entry.getValue();
                target.copy_(shared(name, target));
            }
        }
    }

    /** A parameter's weights that all libraries share, shaped like the parameter. */
    Tensor shared(String name, Tensor like) {
        int[] e = java.util.Arrays.stream(like.sizes().vec().get())
                .mapToInt(Math::toIntExact)
                .toArray();
        return switch (e.length) {
            case 1 -> Layout.plain(DrnSize.parameter(name, e), e[0]);
            case 2 -> head(Layout.plain(DrnSize.parameter(name, e), e[0], e[1]));
            default ->
                isUp(name)
                        ? layout.upWeight(DrnSize.parameter(name, e[2], e[3], e[0], e[1]), e[2], e[0], e[1])
                        : layout.weight(DrnSize.parameter(name, e[2], e[3], e[1], e[0]), e[2], e[1], e[0]);
        };
    }

    /** The head of ours reads a map flattened as [H,W,C]; in NCHW it reads [C,H,W]. */
    private Tensor head(Tensor weight) {
        if (layout.channelsLast()) {
            return weight;
        }
        long side = shape.size() / 8;
        return weight.reshape(DrnSize.EMBEDDING, side, side, 8L * shape.width())
                .permute(0, 3, 1, 2)
                .reshape(DrnSize.EMBEDDING, -1);
    }

    Encoding encode(String encoder, Tensor images) {
        var maps = new ArrayList<Tensor>();
        var x = images;
        for (int stage = 1; stage <= 4; stage++) {
            if (stage > 1) {
                x = torch.max_pool2d(x, TWO, TWO, ZERO, ONE, false);
            }
            x = activated(encoder + ".stage" + stage, x);
            maps.add(x);
        }
        return new Encoding(maps);
    }

    /** The encoder's vector. Tracing does without. */
    Tensor vector(String encoder, Encoding encoding) {
        var x = encoding.maps.get(3);
        var flat = (layout.channelsLast() ? x.permute(0, 2, 3, 1) : x).flatten(1, -1);
        return torch.linear(flat, weight(encoder + ".head"), bias(encoder + ".head"));
    }

    Tensor decode(Encoding identity, Encoding attribute) {
        var x = activated("decoder.fuse", joined(identity.maps.get(3), attribute.maps.get(3)));
        for (int i = 1; i <= 3; i++) {
            var up = torch.conv_transpose2d(
                    x, weight("decoder.up" + i), bias("decoder.up" + i), TWO, ZERO, ZERO, 1, ONE);
            x = activated("decoder.block" + i, joined(up, identity.maps.get(3 - i), attribute.maps.get(3 - i)));
        }
        return convolved("decoder.out", x).sigmoid();
    }

    private static Tensor joined(Tensor... maps) {
        return torch.cat(new TensorVector(maps), 1);
    }

    private Tensor activated(String name, Tensor x) {
        var once = torch.leaky_relu_(convolved(name + ".conv1", x), SLOPE);
        return torch.leaky_relu_(convolved(name + ".conv2", once), SLOPE);
    }

    private Tensor convolved(String name, Tensor x) {
        return torch.conv2d(x, weight(name), bias(name), ONE, ONE, ONE, 1);
    }

    Tensor weight(String name) {
        return java.util.Objects.requireNonNull(parameters.get(name + ".weight"), name);
    }

    private TensorOptional bias(String name) {
        return new TensorOptional(java.util.Objects.requireNonNull(parameters.get(name + ".bias"), name));
    }

    static Task trace(TraceWork work, Layout layout) {
        var network = new LibtorchDrn(new DrnSize(work.width(), work.size()), layout);
        int n = work.batch() * work.size() * work.size() * 3;
        var fake = layout.image(Inputs.uniform("fake", n), work.batch(), work.size(), 3);
        return new Task() {
            private Tensor traced() {
                return network.decode(
                        network.encode("identityEncoder", fake), network.encode("attributeEncoder", fake));
            }

            @Override
            public void run() {
                try (var _ = new PointerScope();
                        var _ = new NoGradGuard()) {
                    traced();
                }
            }

            @Override
            public float[] result() {
                network.share();
                try (var _ = new PointerScope();
                        var _ = new NoGradGuard()) {
                    return Layout.imageValues(traced());
                }
            }
        };
    }
}
