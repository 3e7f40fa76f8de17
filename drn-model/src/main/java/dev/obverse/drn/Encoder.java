package dev.obverse.drn;

import dev.obverse.nn.Layer;
import dev.obverse.nn.Module;
import dev.obverse.nn.init.Init;
import dev.obverse.nn.layer.Conv2d;
import dev.obverse.nn.layer.Linear;
import dev.obverse.nn.layer.MaxPool2d;
import dev.obverse.random.Philox;
import dev.obverse.tensor.ConvOptions;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * E_id and E_attr of the paper (Fig. 1b): four stages of two convolutions, the map halved before stages 2 to 4, and a
 * fully connected head that turns the last map into a vector.
 */
public final class Encoder extends Module {
    private final List<Layer> halvings = new ArrayList<>();
    private final List<ConvBlock> stages = new ArrayList<>();
    private final Linear head;
    private final Architecture.Head pooling;

    Encoder(Architecture a, Philox random) {
        pooling = a.head();
        int in = 3;
        for (int stage = 1; stage <= 4; stage++) {
            if (stage > 1) {
                halvings.add(child("down" + stage, halving(a, in, random)));
            }
            int out = a.channels(stage);
            stages.add(child("stage" + stage, new ConvBlock(a, in, out, random)));
            in = out;
        }
        int side = pooling == Architecture.Head.FLATTEN ? a.size() / 8 : 1;
        head = child("head", new Linear(side * side * in, a.embedding(), true, Init.kaimingNormal(a.slope()), random));
    }

    private static Layer halving(Architecture a, int channels, Philox random) {
        return switch (a.halving()) {
            case MAX_POOL -> new MaxPool2d(2);
            case STRIDED_CONV ->
                new Conv2d(channels, channels, 3, ConvOptions.DEFAULT.stride(2).padding(1), a.slope(), random);
        };
    }

    /** Takes images {@code [N,S,S,3]}, values in [0,1], apart. */
    Encoding forward(Tensor images) {
        var maps = maps(images);
        var last = maps.getLast();
        var features = pooling == Architecture.Head.FLATTEN ? last.flatten(1) : Functional.globalAvgPool2d(last);
        return new Encoding(maps, head.forward(features));
    }

    /** The maps alone, which are all that the decoder reads: the head is the larger part of a wide encoder. */
    List<Tensor> maps(Tensor images) {
        var maps = new ArrayList<Tensor>();
        var x = images;
        for (int i = 0; i < stages.size(); i++) {
            if (i > 0) {
                x = halvings.get(i - 1).forward(x);
            }
            x = stages.get(i).forward(x);
            maps.add(x);
        }
        return List.copyOf(maps);
    }
}
