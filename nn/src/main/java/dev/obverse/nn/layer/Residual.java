package dev.obverse.nn.layer;

import dev.obverse.nn.Layer;
import dev.obverse.tensor.Tensor;

/** {@code shortcut(x) + body(x)} (He et al. 2016). */
public final class Residual extends Layer {
    private final Layer body;
    private final Layer shortcut;

    /** With the input itself as the shortcut. */
    public Residual(Layer body) {
        this(body, new Identity());
    }

    /** With a shortcut that makes the shapes agree where the body changes them. */
    public Residual(Layer body, Layer shortcut) {
        this.body = child("body", body);
        this.shortcut = child("shortcut", shortcut);
    }

    @Override
    public Tensor forward(Tensor x) {
        var y = body.forward(x);
        var skip = shortcut.forward(x);
        if (!y.shape().equals(skip.shape())) {
            throw new IllegalArgumentException("Residual: the body turns " + x.shape() + " into " + y.shape()
                    + ", the shortcut into " + skip.shape() + "; they must agree");
        }
        return skip.add(y);
    }
}
