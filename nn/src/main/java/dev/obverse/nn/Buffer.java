package dev.obverse.nn;

import dev.obverse.tensor.Device;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;

/**
 * A tensor that belongs to a module's state but is not trained by gradients: running statistics, for instance. It is
 * saved and moved with the module's parameters.
 */
public final class Buffer {
    private final String name;
    private volatile Tensor value;

    Buffer(String name, Tensor initial) {
        this.name = name;
        this.value = TensorScope.keepAlways(initial.detach());
    }

    /** The name within its module, {@code running_mean} for instance. */
    public String name() {
        return name;
    }

    public Tensor value() {
        return value;
    }

    void to(Device device) {
        value = TensorScope.keepAlways(value.to(device));
    }

    /** Puts another tensor in this place; returns the former. */
    Tensor replace(Tensor other) {
        var former = value;
        value = other;
        return former;
    }
}
