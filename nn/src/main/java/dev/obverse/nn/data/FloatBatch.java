package dev.obverse.nn.data;

import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;

/**
 * Samples stacked in one array.
 *
 * @param values row-major; the loader writes the next samples into it, see {@link DataLoader}
 * @param shape {@code [N, extents of a sample]}
 */
public record FloatBatch(float[] values, Shape shape) {
    /** A copy on a device, which no later batch overwrites. */
    public Tensor toTensor(Device device) {
        return Tensor.of(device, values, shape);
    }
}
