package dev.obverse.nn.layer;

import dev.obverse.nn.Layer;
import dev.obverse.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Layers one after the other, named {@code 0}, {@code 1}, ... or as {@link #add(String, Layer)} says. */
public final class Sequential extends Layer {
    private final List<Layer> layers = new ArrayList<>();

    public Sequential(Layer... layers) {
        for (var layer : layers) {
            add(String.valueOf(this.layers.size()), layer);
        }
    }

    /** Appends a layer under a name of its own; returns this. For building, before the first forward pass. */
    public Sequential add(String name, Layer layer) {
        layers.add(child(name, layer));
        return this;
    }

    @Override
    public Tensor forward(Tensor x) {
        var y = x;
        for (var layer : layers) {
            y = layer.forward(y);
        }
        return y;
    }
}
