package dev.obverse.tensor;

import dev.obverse.backend.Backend;
import dev.obverse.backend.Storage;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Gives memory back early: every tensor made on this thread while a scope is open returns its memory to the device's
 * pool when the scope closes, except those that were {@linkplain #keep kept}.
 *
 * <pre>{@code
 * try (var scope = TensorScope.open()) {
 *     var loss = model.loss(batch);
 *     loss.backward();
 *     optimizer.step();
 * }
 * }</pre>
 *
 * <p>Scopes are for speed, never for correctness: with none open, tensors belong to the garbage collector. Gradients of
 * leaf tensors are kept by themselves. Scopes nest, and belong to the thread that opened them.
 */
public final class TensorScope implements AutoCloseable {
    private record Owned(Backend backend, String op) {}

    private static final ThreadLocal<@Nullable TensorScope> CURRENT = new ThreadLocal<>();

    private final @Nullable TensorScope parent;
    private final Thread thread = Thread.currentThread();
    private final LinkedHashMap<Storage, Owned> owned = new LinkedHashMap<>();
    private boolean closed;

    private TensorScope(@Nullable TensorScope parent) {
        this.parent = parent;
    }

    public static TensorScope open() {
        var scope = new TensorScope(CURRENT.get());
        CURRENT.set(scope);
        return scope;
    }

    /**
     * Moves a tensor's memory out of this scope: to the enclosing scope if there is one, else to the garbage collector.
     */
    public Tensor keep(Tensor tensor) {
        var owner = owned.remove(tensor.storage());
        if (owner != null && parent != null) {
            parent.owned.put(tensor.storage(), owner);
        }
        return tensor;
    }

    /** Takes a tensor's memory out of every scope of this thread, as the parameters and states of a model need. */
    public static Tensor keepAlways(Tensor tensor) {
        detach(tensor.storage());
        return tensor;
    }

    /**
     * Gives back a tensor of this scope before the others, because nobody will read it again; one that this scope does
     * not own stays as it is. Tensors that share its memory, as a reshaped one does, end with it.
     */
    public void release(Tensor tensor) {
        var owner = owned.remove(tensor.storage());
        if (owner != null) {
            give(tensor.storage(), owner, "it was released early");
        }
    }

    /** Gives back everything that was not kept. Scopes close in the reverse order of opening. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (CURRENT.get() != this) {
            throw new IllegalStateException(
                    thread == Thread.currentThread()
                            ? "A TensorScope was closed while one that was opened inside it is still open"
                            : "A TensorScope must be closed by the thread that opened it, " + thread.getName());
        }
        closed = true;
        CURRENT.set(parent);
        owned.forEach((storage, owner) -> give(storage, owner, "its TensorScope is closed"));
        owned.clear();
    }

    static void register(Storage storage, Backend backend, String op) {
        var scope = CURRENT.get();
        if (scope != null) {
            scope.owned.put(storage, new Owned(backend, op));
        }
    }

    /** Gives one block back now, if a scope of this thread owns it. */
    static void releaseEarly(Storage storage, String reason) {
        for (var scope = CURRENT.get(); scope != null; scope = scope.parent) {
            var owner = scope.owned.remove(storage);
            if (owner != null) {
                give(storage, owner, reason);
                return;
            }
        }
    }

    /** Takes a block out of every scope of this thread: it now outlives them. */
    static void detach(Storage storage) {
        for (var scope = CURRENT.get(); scope != null; scope = scope.parent) {
            if (scope.owned.remove(storage) != null) {
                return;
            }
        }
    }

    private static void give(Storage storage, Owned owner, String reason) {
        storage.markReleased("it was made by " + owner.op() + " and " + reason
                + "; call scope.keep(tensor) on a tensor that must outlive its scope");
        owner.backend().memory().release(storage);
    }
}
