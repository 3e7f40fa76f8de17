package dev.obverse.nn.layer;

import dev.obverse.nn.Layer;
import dev.obverse.tensor.Tensor;

/** {@code x sigmoid(x)}, also called swish. */
public final class SiLU extends Layer {
    public SiLU() {}

    @Override
    public Tensor forward(Tensor x) {
        return x.silu();
    }
}
