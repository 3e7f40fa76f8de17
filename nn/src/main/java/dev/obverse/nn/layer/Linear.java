package dev.obverse.nn.layer;

import dev.obverse.nn.Layer;
import dev.obverse.nn.Parameter;
import dev.obverse.nn.init.Fans;
import dev.obverse.nn.init.Init;
import dev.obverse.nn.init.Initializer;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** {@code x weight^T + bias} for {@code x [..,in]}, {@code weight [out,in]}, {@code bias [out]}. */
public final class Linear extends Layer {
    private final Parameter weight;
    private final @Nullable Parameter bias;

    /** With a zero bias and a weight that keeps the variance: Kaiming normal with gain 1. */
    public Linear(int in, int out, Philox random) {
        this(in, out, true, Init.kaimingNormal(1), random);
    }

    public Linear(int in, int out, boolean bias, Initializer init, Philox random) {
        var shape = Shape.of(out, in);
        this.weight = parameter("weight", init.tensor(shape, Fans.linear(shape), random));
        this.bias = bias ? parameter("bias", Tensor.zeros(Device.cpu(), Shape.of(out))) : null;
    }

    @Override
    public Tensor forward(Tensor x) {
        return Functional.linear(x, weight.value(), bias == null ? null : bias.value());
    }

    @Override
    protected String details() {
        return weight.shape().dim(1) + " -> " + weight.shape().dim(0) + (bias == null ? ", no bias" : "");
    }
}
