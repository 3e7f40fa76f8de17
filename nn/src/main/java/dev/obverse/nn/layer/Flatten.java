package dev.obverse.nn.layer;

import dev.obverse.nn.Layer;
import dev.obverse.tensor.Tensor;

/** Merges all axes but the batch: {@code [N,H,W,C] -> [N,HWC]}, channels innermost. */
public final class Flatten extends Layer {
    public Flatten() {}

    @Override
    public Tensor forward(Tensor x) {
        return x.flatten(1);
    }
}
