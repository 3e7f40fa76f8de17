package dev.obverse.backend.cpu;

import static dev.obverse.backend.cpu.CpuStorage.array;
import static dev.obverse.backend.cpu.CpuStorage.change;

import dev.obverse.backend.MemoryKernels;
import dev.obverse.backend.Storage;
import java.util.Arrays;

/** Arrays from a pool. */
final class CpuMemory implements MemoryKernels {
    private final ArrayPool pool;

    CpuMemory(ArrayPool pool) {
        this.pool = pool;
    }

    @Override
    public Storage allocate(int length) {
        return new CpuStorage(pool.take(length), length);
    }

    @Override
    public Storage adopt(float[] values) {
        return new CpuStorage(values, values.length);
    }

    @Override
    public void release(Storage storage) {
        pool.give(array(storage));
    }

    @Override
    public void write(float[] source, Storage storage) {
        change(storage, target -> System.arraycopy(source, 0, target, 0, storage.length()));
    }

    @Override
    public void write(double[] source, Storage storage) {
        change(storage, target -> {
            for (int i = 0; i < storage.length(); i++) {
                target[i] = (float) source[i];
            }
        });
    }

    @Override
    public void read(Storage storage, float[] target) {
        System.arraycopy(array(storage), 0, target, 0, storage.length());
    }

    @Override
    public void read(Storage storage, double[] target) {
        var source = array(storage);
        for (int i = 0; i < storage.length(); i++) {
            target[i] = source[i];
        }
    }

    @Override
    public void fill(Storage storage, double value) {
        change(
                storage,
                target -> Pieces.over(storage.length(), (from, to) -> Arrays.fill(target, from, to, (float) value)));
    }
}
