package dev.obverse.nn;

import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import org.jspecify.annotations.Nullable;

/**
 * A tensor that training changes. {@link Module#parameter} makes it; its memory belongs to no {@link TensorScope}.
 *
 * <p>Layers read {@link #value()} in each forward pass and never keep it, because {@link Module#to} replaces it.
 */
public final class Parameter {
    private final String name;
    private volatile Tensor value;

    Parameter(String name, Tensor initial) {
        this.name = name;
        this.value = TensorScope.keepAlways(initial.detach()).requiresGrad(true);
    }

    /** The name within its module, {@code weight} for instance; {@link Module#namedParameters} has the full path. */
    public String name() {
        return name;
    }

    public Tensor value() {
        return value;
    }

    public Shape shape() {
        return value.shape();
    }

    /** The gradient that backward has summed up, or null if none has arrived since {@link #zeroGrad}. */
    public @Nullable Tensor grad() {
        return value.grad();
    }

    public void zeroGrad() {
        value.zeroGrad();
    }

    /** Training leaves a frozen parameter alone, and no gradient is computed for it. */
    public void freeze() {
        value.zeroGrad();
        value.requiresGrad(false);
    }

    public void unfreeze() {
        value.requiresGrad(true);
    }

    public boolean isFrozen() {
        return !value.requiresGrad();
    }

    void to(Device device) {
        if (!device.equals(value.device())) {
            var moved = value.detach().to(device);
            value = TensorScope.keepAlways(moved).requiresGrad(value.requiresGrad());
        }
    }

    /** Puts another tensor in this place, as a gradient check does for its displaced copies; returns the former. */
    Tensor replace(Tensor other) {
        var former = value;
        value = other;
        return former;
    }

    @Override
    public String toString() {
        return name + " " + shape() + (isFrozen() ? " (frozen)" : "");
    }
}
