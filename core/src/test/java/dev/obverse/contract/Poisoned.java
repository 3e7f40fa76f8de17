package dev.obverse.contract;

import dev.obverse.backend.Backend;
import dev.obverse.backend.MemoryKernels;
import dev.obverse.backend.Storage;

/**
 * A backend whose new blocks are full of NaN, as if the pool had handed out the worst memory it has: an element that a
 * kernel forgets to write, or reads before writing, or reads beyond the end, spoils the result.
 */
final class Poisoned {
    private Poisoned() {}

    static Backend backend(Backend backend) {
        return Intercepted.backend(backend, (kernels, kernel, arguments) -> {
            if (kernels instanceof MemoryKernels memory && kernel.getName().equals("allocate")) {
                return allocate(memory, (Integer) arguments[0]);
            }
            return Intercepted.invoke(kernels, kernel, arguments);
        });
    }

    private static Storage allocate(MemoryKernels memory, int length) {
        // A pool that rounds lengths up hands this longer block out again, with NaN beyond the length as well.
        var longer = memory.allocate(length == 0 ? 0 : Math.max(16, Integer.highestOneBit(length * 2 - 1)));
        memory.fill(longer, Double.NaN);
        longer.markReleased("it was poison");
        memory.release(longer);
        var block = memory.allocate(length);
        memory.fill(block, Double.NaN);
        return block;
    }
}
