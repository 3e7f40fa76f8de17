package dev.obverse.backend.cpu;

import dev.obverse.backend.Storage;
import dev.obverse.backend.cpu.conv.KeptWeights;
import org.jspecify.annotations.Nullable;

/** A tensor's elements in a Java array, which may be longer than the tensor. */
final class CpuStorage extends Storage {
    private final float[] array;
    private volatile @Nullable KeptWeights kept;

    CpuStorage(float[] array, int length) {
        super(length);
        this.array = array;
    }

    /** The array behind {@code storage}. */
    static float[] array(Storage storage) {
        return of(storage).array;
    }

    /**
     * The array behind {@code storage}, to be written to although the tensor exists already. Every kernel that changes
     * a tensor in place takes its array from here; results of operations are new.
     */
    static float[] changed(Storage storage) {
        var cpu = of(storage);
        var kept = cpu.kept;
        if (kept != null) {
            kept.drop();
        }
        return cpu.array;
    }

    /** Where a convolution may keep this weight in another order, as long as it stays as it is. */
    static KeptWeights kept(Storage weight) {
        var cpu = of(weight);
        var kept = cpu.kept;
        return kept == null ? cpu.newKept() : kept;
    }

    private synchronized KeptWeights newKept() {
        var made = kept;
        if (made == null) {
            made = new KeptWeights();
            kept = made;
        }
        return made;
    }

    private static CpuStorage of(Storage storage) {
        if (!(storage instanceof CpuStorage cpu)) {
            throw new IllegalArgumentException("A kernel of device cpu was given memory of another device ("
                    + storage.getClass().getSimpleName() + "): move the tensor to cpu first");
        }
        return cpu;
    }
}
