package dev.obverse.tensor.op;

import java.util.ArrayList;
import java.util.List;

/** Watches a computation: which operations are recorded, in their order, for tools that write graphs out. */
public final class Trace {
    private static final ScopedValue<List<Call>> CALLS = ScopedValue.newInstance();

    private Trace() {}

    /** The operations that this thread records while it runs {@code work}; those that need no gradient are none. */
    public static List<Call> of(Runnable work) {
        var calls = new ArrayList<Call>();
        ScopedValue.where(CALLS, calls).run(work);
        return calls;
    }

    static void note(Call call) {
        if (CALLS.isBound()) {
            CALLS.get().add(call);
        }
    }
}
