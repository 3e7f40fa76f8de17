package dev.obverse.drn;

import dev.obverse.nn.Layer;
import dev.obverse.nn.layer.BatchNorm;
import dev.obverse.nn.layer.Conv2d;
import dev.obverse.nn.layer.GroupNorm;
import dev.obverse.nn.layer.InstanceNorm;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Two 3x3 convolutions that keep the size, each followed by the chosen normalisation and LeakyReLU. */
final class ConvBlock extends Layer {
    private static final int GROUP_CHANNELS = 8;

    private final Conv2d conv1;
    private final @Nullable Layer norm1;
    private final Conv2d conv2;
    private final @Nullable Layer norm2;

    ConvBlock(Architecture a, int in, int out, Philox random) {
        conv1 = child("conv1", convolution(a, in, out, random));
        norm1 = normalization(a, "norm1", out);
        conv2 = child("conv2", convolution(a, out, out, random));
        norm2 = normalization(a, "norm2", out);
    }

    @Override
    public Tensor forward(Tensor x) {
        return forward(List.of(x));
    }

    /** As {@link #forward(Tensor)} of maps joined along channels. */
    Tensor forward(List<Tensor> maps) {
        var x = normalized(norm1, conv1.forward(maps));
        return normalized(norm2, conv2.forward(x));
    }

    /** The activation is part of the normalisation or, without one, of the convolution. */
    private static Tensor normalized(@Nullable Layer norm, Tensor x) {
        return norm == null ? x : norm.forward(x);
    }

    private static Conv2d convolution(Architecture a, int in, int out, Philox random) {
        boolean fused = a.normalization() == Architecture.Normalization.NONE;
        return new Conv2d(in, out, 3, Conv2d.same(3), fused ? a.slope() : 1, random);
    }

    private @Nullable Layer normalization(Architecture a, String name, int channels) {
        return switch (a.normalization()) {
            case NONE -> null;
            case BATCH -> child(name, BatchNorm.withLeakyRelu(channels, a.slope()));
            case INSTANCE -> child(name, InstanceNorm.withLeakyRelu(channels, a.slope()));
            case GROUP ->
                child(name, GroupNorm.withLeakyRelu(Math.max(1, channels / GROUP_CHANNELS), channels, a.slope()));
        };
    }
}
