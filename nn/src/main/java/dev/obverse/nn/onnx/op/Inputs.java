package dev.obverse.nn.onnx.op;

import dev.obverse.tensor.Device;
import org.jspecify.annotations.Nullable;

/** What a step is given in one forward pass. */
public final class Inputs {
    private final Device device;
    private final @Nullable Value[] values;

    /**
     * The inputs of one node.
     *
     * @param device where floating-point tensors live
     * @param values null for an optional input that is left out
     */
    public Inputs(Device device, @Nullable Value... values) {
        this.device = device;
        this.values = values.clone();
    }

    public Device device() {
        return device;
    }

    public int count() {
        return values.length;
    }

    public boolean has(int i) {
        return i < values.length && values[i] != null;
    }

    /** An input that must be there. */
    public Value get(int i) {
        var value = i < values.length ? values[i] : null;
        if (value == null) {
            throw new IllegalArgumentException("input " + i + " is missing");
        }
        return value;
    }
}
