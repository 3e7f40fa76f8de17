package dev.obverse.cuda.device;

import dev.obverse.backend.Storage;
import java.lang.ref.Cleaner;

/** A tensor's elements in a card's memory. */
public final class CudaStorage extends Storage {
    private static final Cleaner CLEANER = Cleaner.create();

    private final CudaContext context;
    private final long address;
    private final Cleaner.Cleanable giveBack;

    /**
     * A block from the context's pool, which gets it back when it is released, or collected by the garbage collector.
     */
    CudaStorage(CudaContext context, long address, int length) {
        super(length);
        this.context = context;
        this.address = address;
        var pool = context.pool();
        giveBack = CLEANER.register(this, () -> pool.give(address));
    }

    /** The address behind {@code storage}, which must be memory of the card {@code context} is about. */
    static long address(CudaContext context, Storage storage) {
        if (!(storage instanceof CudaStorage cuda)) {
            throw new IllegalArgumentException("A kernel of device " + context.device() + " was given memory of another"
                    + " device (" + storage.getClass().getSimpleName() + "): move the tensor to " + context.device()
                    + " first");
        }
        if (cuda.context != context) {
            throw new IllegalArgumentException("A kernel of device " + context.device() + " was given memory of "
                    + cuda.context.device() + ": move the tensor to " + context.device() + " first");
        }
        return cuda.address;
    }

    void release() {
        giveBack.clean();
    }
}
