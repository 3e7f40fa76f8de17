package dev.obverse.nn.layer;

import dev.obverse.nn.Layer;
import dev.obverse.nn.Parameter;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;

/** {@code x > 0 ? x : weight x} with a learned slope (He et al. 2015), 0.25 at first. */
public final class PReLU extends Layer {
    private final Parameter weight;

    /** One slope for all channels. */
    public PReLU() {
        this(1);
    }

    /** A slope for each channel, the last axis; 1 is one slope for all. */
    public PReLU(int channels) {
        weight = parameter("weight", Tensor.full(Device.cpu(), 0.25, Shape.of(channels)));
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.prelu(weight.value());
    }
}
