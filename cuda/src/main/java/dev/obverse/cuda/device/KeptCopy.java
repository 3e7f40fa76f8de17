package dev.obverse.cuda.device;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A tensor's elements in another form, a convolution's weights in cuDNN's order and type for instance: made once, and
 * there until something else than its use asks for the tensor's address, which may be to write to it.
 */
final class KeptCopy {
    private final DevicePool pool;
    /** All that exist, for {@link CudaContext#dropCopies}. */
    private final Set<KeptCopy> all;

    private @Nullable Object form;
    private long address;

    KeptCopy(DevicePool pool, Set<KeptCopy> all) {
        this.pool = pool;
        this.all = all;
    }

    /** The copy's address, or 0 if there is none in this form. */
    synchronized long in(Object wanted) {
        return wanted.equals(form) ? address : 0;
    }

    /** Keeps a block of the pool from now on. */
    synchronized void keep(Object form, long address) {
        drop();
        this.form = form;
        this.address = address;
        all.add(this);
    }

    synchronized void drop() {
        if (form != null) {
            form = null;
            all.remove(this);
            pool.give(address);
        }
    }
}
