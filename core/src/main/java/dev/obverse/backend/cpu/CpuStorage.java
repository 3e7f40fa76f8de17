package dev.obverse.backend.cpu;

import dev.obverse.backend.Storage;

/** A tensor's elements in a Java array, which may be longer than the tensor. */
final class CpuStorage extends Storage {
    private final float[] array;

    CpuStorage(float[] array, int length) {
        super(length);
        this.array = array;
    }

    /** The array behind {@code storage}. */
    static float[] array(Storage storage) {
        if (!(storage instanceof CpuStorage cpu)) {
            throw new IllegalArgumentException("A kernel of device cpu was given memory of another device ("
                    + storage.getClass().getSimpleName() + "): move the tensor to cpu first");
        }
        return cpu.array;
    }
}
