package dev.obverse.backend;

import org.jspecify.annotations.Nullable;

/**
 * A block of memory on one device that holds the elements of a tensor, row-major and dense.
 *
 * <p>A backend's own subclass holds the array or the device address. The block may be longer than {@link #length()}
 * asks for, because pools hand out rounded sizes: kernels take every extent from their spec, never from the block.
 */
public abstract class Storage {
    private final int length;
    private volatile @Nullable String released;

    protected Storage(int length) {
        this.length = length;
    }

    /** Number of elements that belong to the tensor. */
    public final int length() {
        return length;
    }

    /** Marks the block as given back; any later use fails with {@code reason}. */
    public final void markReleased(String reason) {
        released = reason;
    }

    /** Why the block may no longer be used, or null while it is live. */
    public final @Nullable String released() {
        return released;
    }
}
