package dev.obverse.nn.layer;

import dev.obverse.nn.Layer;
import dev.obverse.nn.Parameter;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;

/** Layer norm over the last axis of {@code x [..,width]} (Ba et al. 2016). */
public final class LayerNorm extends Layer {
    private final double eps;
    private final Parameter weight;
    private final Parameter bias;

    /** With eps 1e-5. */
    public LayerNorm(int width) {
        this(width, 1e-5);
    }

    public LayerNorm(int width, double eps) {
        this.eps = eps;
        weight = parameter("weight", Tensor.full(Device.cpu(), 1, Shape.of(width)));
        bias = parameter("bias", Tensor.zeros(Device.cpu(), Shape.of(width)));
    }

    @Override
    public Tensor forward(Tensor x) {
        return Functional.layerNorm(x, weight.value(), bias.value(), eps);
    }

    @Override
    protected String details() {
        return String.valueOf(weight.shape().dim(0));
    }
}
