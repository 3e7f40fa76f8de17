package dev.obverse.cuda.kernel;

import dev.obverse.backend.MemoryKernels;
import dev.obverse.backend.Storage;
import dev.obverse.cuda.device.CudaContext;

/** Blocks from the card's pool, and transfers through pinned memory. */
public record CudaMemory(CudaContext context, Launcher launcher) implements MemoryKernels {
    @Override
    public Storage allocate(int length) {
        return context.allocate(length);
    }

    @Override
    public Storage adopt(float[] values) {
        var storage = allocate(values.length);
        write(values, storage);
        return storage;
    }

    @Override
    public void release(Storage storage) {
        context.release(storage);
    }

    @Override
    public void write(float[] source, Storage storage) {
        context.write(source, storage);
    }

    @Override
    public void write(double[] source, Storage storage) {
        context.write(source, storage);
    }

    @Override
    public void read(Storage storage, float[] target) {
        context.read(storage, target);
    }

    @Override
    public void read(Storage storage, double[] target) {
        context.read(storage, target);
    }

    @Override
    public void fill(Storage storage, double value) {
        int n = storage.length();
        context.run(
                "fill",
                n,
                () -> launcher.begin().with(n).with((float) value).with(storage).overElements("fill", n));
    }
}
