package dev.obverse.backend.reference;

import dev.obverse.backend.MemoryKernels;
import dev.obverse.backend.Storage;
import java.util.Arrays;

/** Blocks of {@code double[]}; the garbage collector is the pool. */
final class ReferenceMemory implements MemoryKernels {
    private static final class Block extends Storage {
        private final double[] values;

        Block(int length) {
            super(length);
            values = new double[length];
            Arrays.fill(values, Double.NaN);
        }
    }

    /** The elements of a block, all of them and no more. */
    static double[] elements(Storage storage) {
        if (!(storage instanceof Block block)) {
            throw new IllegalArgumentException(
                    "A block of " + storage.getClass().getSimpleName()
                            + " does not belong to the reference device; move the tensor with to(Device.reference())");
        }
        var released = storage.released();
        if (released != null) {
            throw new IllegalStateException("A kernel was given memory that can no longer be used: " + released);
        }
        return block.values;
    }

    @Override
    public Storage allocate(int length) {
        return new Block(length);
    }

    @Override
    public Storage adopt(float[] values) {
        var block = new Block(values.length);
        write(values, block);
        return block;
    }

    /** Overwrites the block, so that whoever still reads it computes NaN. */
    @Override
    public void release(Storage storage) {
        if (storage instanceof Block block) {
            Arrays.fill(block.values, Double.NaN);
        }
    }

    @Override
    public void write(float[] source, Storage storage) {
        var target = elements(storage);
        for (int i = 0; i < target.length; i++) {
            target[i] = source[i];
        }
    }

    @Override
    public void write(double[] source, Storage storage) {
        var target = elements(storage);
        System.arraycopy(source, 0, target, 0, target.length);
    }

    @Override
    public void read(Storage storage, float[] target) {
        var source = elements(storage);
        for (int i = 0; i < source.length; i++) {
            target[i] = (float) source[i];
        }
    }

    @Override
    public void read(Storage storage, double[] target) {
        var source = elements(storage);
        System.arraycopy(source, 0, target, 0, source.length);
    }

    @Override
    public void fill(Storage storage, double value) {
        Arrays.fill(elements(storage), value);
    }
}
