package dev.obverse.nn.init;

import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;

/** Chooses the first values of a weight; {@link Init} has the usual ones. */
@FunctionalInterface
public interface Initializer {
    /** Overwrites {@code values}, drawing from {@code random} only. */
    void fill(float[] values, Fans fans, Philox random);

    /** A new tensor of this shape on the CPU. */
    default Tensor tensor(Shape shape, Fans fans, Philox random) {
        var values = new float[shape.size()];
        fill(values, fans, random);
        return Tensor.adopt(Device.cpu(), values, shape);
    }
}
