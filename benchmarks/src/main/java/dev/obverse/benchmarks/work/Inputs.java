package dev.obverse.benchmarks.work;

import dev.obverse.backend.Storage;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** Inputs that every library makes alike: a pure function of their name. Images are {@code [N,H,W,C]}. */
public final class Inputs {
    private Inputs() {}

    /** Standard normal values. */
    public static float[] normal(String name, int length) {
        return normal(name, length, 1);
    }

    public static float[] normal(String name, int length, double deviation) {
        var values = new float[length];
        random(name).fillNormal(values, 0, deviation);
        return values;
    }

    /** Values in [0,1). */
    public static float[] uniform(String name, int length) {
        var values = new float[length];
        random(name).fillUniform(values, 0, 1);
        return values;
    }

    private static Philox random(String name) {
        var crc = new CRC32();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        return new Philox(1, crc.getValue());
    }

    static Tensor tensor(String name, int... extents) {
        var shape = Shape.of(extents);
        return Tensor.of(Device.cpu(), normal(name, shape.size()), shape);
    }

    static Storage storage(String name, int length) {
        return storage(normal(name, length));
    }

    static Storage storage(float[] values) {
        var memory = Device.cpu().backend().memory();
        var storage = memory.allocate(values.length);
        memory.write(values, storage);
        return storage;
    }

    static float[] values(Storage storage) {
        var values = new float[storage.length()];
        Device.cpu().backend().memory().read(storage, values);
        return values;
    }
}
