package dev.obverse.drn;

import dev.obverse.backend.ResizeSpec;
import dev.obverse.nn.Layer;
import dev.obverse.nn.Module;
import dev.obverse.nn.init.Init;
import dev.obverse.nn.layer.Conv2d;
import dev.obverse.nn.layer.ConvTranspose2d;
import dev.obverse.nn.layer.Sequential;
import dev.obverse.nn.layer.Upsample;
import dev.obverse.random.Philox;
import dev.obverse.tensor.ConvOptions;
import dev.obverse.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * D of the paper (Fig. 1b): fuses both encoders' last maps, then doubles three times, each time joined by the encoders'
 * maps of that size, and ends in an image.
 */
public final class Decoder extends Module {
    /** Training begins near the given picture, although the last convolution's first results are about 1. */
    private static final double RESIDUAL_SCALE = 0.1;

    private final ConvBlock fuse;
    private final List<Layer> ups = new ArrayList<>();
    private final List<ConvBlock> blocks = new ArrayList<>();
    private final Conv2d out;
    private final Architecture.Skips skips;
    private final Architecture.Output output;

    Decoder(Architecture a, Philox random) {
        skips = a.skips();
        output = a.output();
        fuse = child("fuse", new ConvBlock(a, 2 * a.channels(4), a.channels(4), random));
        for (int i = 1; i <= 3; i++) {
            int channels = a.channels(4 - i);
            ups.add(child("up" + i, doubling(a, 2 * channels, channels, random)));
            int joined = channels * (1 + skipCount(skips));
            blocks.add(child("block" + i, new ConvBlock(a, joined, channels, random)));
        }
        out = child("out", linearConv(a, a.width(), 3, random));
    }

    private static int skipCount(Architecture.Skips skips) {
        return switch (skips) {
            case BOTH -> 2;
            case ATTRIBUTE_ONLY -> 1;
            case NONE -> 0;
        };
    }

    private static Layer doubling(Architecture a, int in, int out, Philox random) {
        return switch (a.upsampling()) {
            case TRANSPOSED_CONV -> {
                var options = ConvOptions.DEFAULT.stride(2);
                yield new ConvTranspose2d(in, out, 2, 2, options, 0, true, Init.kaimingNormal(a.slope()), random);
            }
            case NEAREST -> new Sequential(new Upsample(2, ResizeSpec.Mode.NEAREST), linearConv(a, in, out, random));
            case BILINEAR -> new Sequential(new Upsample(2, ResizeSpec.Mode.BILINEAR), linearConv(a, in, out, random));
        };
    }

    /** No activation follows, but the paper initialises every weight alike. */
    private static Conv2d linearConv(Architecture a, int in, int out, Philox random) {
        return new Conv2d(in, out, 3, 3, Conv2d.same(3), true, 1, Init.kaimingNormal(a.slope()), random);
    }

    /**
     * Puts faces together: images {@code [N,S,S,3]}, values in [0,1].
     *
     * @param given the images that the encoders saw
     * @param identity maps of the identity encoder, stage 1 to 4
     * @param attribute maps of the attribute encoder
     */
    Tensor forward(Tensor given, List<Tensor> identity, List<Tensor> attribute) {
        var x = fuse.forward(List.of(identity.getLast(), attribute.getLast()));
        for (int i = 0; i < blocks.size(); i++) {
            int stage = 2 - i;
            x = blocks.get(i).forward(joined(ups.get(i).forward(x), identity.get(stage), attribute.get(stage)));
        }
        var y = out.forward(x);
        return switch (output) {
            case IMAGE -> y.sigmoid();
            case RESIDUAL -> given.add(y.mul(RESIDUAL_SCALE)).clamp(0, 1);
        };
    }

    /** The maps that a block's first convolution reads as one. */
    private List<Tensor> joined(Tensor x, Tensor identity, Tensor attribute) {
        return switch (skips) {
            case BOTH -> List.of(x, identity, attribute);
            case ATTRIBUTE_ONLY -> List.of(x, attribute);
            case NONE -> List.of(x);
        };
    }
}
