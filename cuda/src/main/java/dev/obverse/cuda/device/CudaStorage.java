package dev.obverse.cuda.device;

import dev.obverse.backend.Storage;
import java.lang.ref.Cleaner;

/** A tensor's elements in a card's memory. */
public final class CudaStorage extends Storage {
    private static final Cleaner CLEANER = Cleaner.create();

    private final CudaContext context;
    private final long address;
    private final KeptCopy copy;
    private final Cleaner.Cleanable giveBack;

    /**
     * A block from the context's pool, which gets it back when it is released, or collected by the garbage collector.
     */
    CudaStorage(CudaContext context, long address, int length, KeptCopy copy) {
        super(length);
        this.context = context;
        this.address = address;
        this.copy = copy;
        var pool = context.pool();
        giveBack = CLEANER.register(this, () -> {
            copy.drop();
            pool.give(address);
        });
    }

    /** {@code storage}, which must be memory of the card {@code context} is about. */
    static CudaStorage of(CudaContext context, Storage storage) {
        if (!(storage instanceof CudaStorage cuda)) {
            throw new IllegalArgumentException("A kernel of device " + context.device() + " was given memory of another"
                    + " device (" + storage.getClass().getSimpleName() + "): move the tensor to " + context.device()
                    + " first");
        }
        if (cuda.context != context) {
            throw new IllegalArgumentException("A kernel of device " + context.device() + " was given memory of "
                    + cuda.context.device() + ": move the tensor to " + context.device() + " first");
        }
        return cuda;
    }

    long address() {
        return address;
    }

    KeptCopy copy() {
        return copy;
    }

    void release() {
        giveBack.clean();
    }
}
