package dev.obverse.nn.layer;

import dev.obverse.nn.Layer;
import dev.obverse.tensor.Tensor;

/** {@code x Phi(x)} with the exact normal distribution function (Hendrycks and Gimpel 2016). */
public final class GELU extends Layer {
    public GELU() {}

    @Override
    public Tensor forward(Tensor x) {
        return x.gelu();
    }
}
