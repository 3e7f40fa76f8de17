package dev.obverse.tensor;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What autograd has recorded, for tests. */
public final class Recording {
    private Recording() {}

    /** The kinds of ops that a tensor was computed by. */
    public static Set<Class<?>> ops(Tensor tensor) {
        var ops = new HashSet<Class<?>>();
        var open = new ArrayDeque<>(List.of(tensor));
        while (!open.isEmpty()) {
            var call = open.pop().history;
            if (call != null) {
                ops.add(call.op().getClass());
                for (int i = 0; i < call.inputCount(); i++) {
                    open.push(call.input(i));
                }
            }
        }
        return ops;
    }
}
