package dev.obverse.backend.cpu;

import dev.obverse.backend.Storage;
import dev.obverse.backend.cpu.conv.KeptWeights;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
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
     * Writes to the array behind {@code storage} although the tensor exists already. Every kernel that changes a tensor
     * in place does so in here; results of operations are new.
     */
    static void change(Storage storage, Consumer<float[]> writing) {
        var cpu = of(storage);
        try {
            writing.accept(cpu.array);
        } finally {
            // A thread that takes the weight for the first time just now must see what was written, or be seen here.
            VarHandle.fullFence();
            var kept = cpu.kept;
            if (kept != null) {
                kept.drop();
            }
        }
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
