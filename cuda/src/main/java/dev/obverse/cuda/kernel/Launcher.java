package dev.obverse.cuda.kernel;

import dev.obverse.backend.Storage;
import dev.obverse.cuda.device.Card;
import dev.obverse.cuda.device.CudaContext;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;

/**
 * Starts kernels by name.
 *
 * <p>Parameters are written into one block of native memory that is used again for every launch: the driver copies them
 * during the call, and building JCuda's pointer objects would cost more than the launch. Callers are inside
 * {@link CudaContext#run}, so there is one at a time.
 */
public final class Launcher {
    private static final int MOST_PARAMETERS = 32;
    /** What a kernel may take at most on every card. */
    private static final int VALUE_BYTES = 4096;

    private static final int THREADS = 256;
    /** Enough blocks to fill any card; threads then take several elements each. */
    private static final int MOST_BLOCKS = 1 << 14;

    private final CudaContext context;
    private final Modules modules;
    private final Map<String, Long> functions = new HashMap<>();
    private final MemorySegment addresses;
    private final MemorySegment values;
    private int count;
    private int used;

    /** Compiles nothing yet. */
    public Launcher(CudaContext context, Modules modules) {
        this.context = context;
        this.modules = modules;
        var arena = Arena.global();
        addresses = arena.allocate(8L * MOST_PARAMETERS, 8);
        values = arena.allocate(VALUE_BYTES, 16);
    }

    // ---- parameters, in the order of the kernel's

    public Launcher begin() {
        count = 0;
        used = 0;
        return this;
    }

    private long slot(int bytes, int alignment) {
        int at = (used + alignment - 1) / alignment * alignment;
        addresses.setAtIndex(ValueLayout.JAVA_LONG, count++, values.address() + at);
        used = at + bytes;
        return at;
    }

    public Launcher with(int value) {
        values.set(ValueLayout.JAVA_INT, slot(4, 4), value);
        return this;
    }

    public Launcher with(float value) {
        values.set(ValueLayout.JAVA_FLOAT, slot(4, 4), value);
        return this;
    }

    public Launcher with(double value) {
        values.set(ValueLayout.JAVA_DOUBLE, slot(8, 8), value);
        return this;
    }

    /** An address, of scratch memory for instance; 0 is the null pointer. */
    public Launcher withAddress(long address) {
        values.set(ValueLayout.JAVA_LONG, slot(8, 8), address);
        return this;
    }

    public Launcher with(Storage storage) {
        return withAddress(context.address(storage));
    }

    /** A struct of 32-bit numbers. */
    public Launcher withStruct(int... fields) {
        MemorySegment.copy(fields, 0, values, ValueLayout.JAVA_INT, slot(4 * fields.length, 4), fields.length);
        return this;
    }

    /** A struct of 32-bit numbers, an even number of them, and then addresses. */
    Launcher withStruct(int[] fields, long[] addresses) {
        long at = slot(4 * fields.length + 8 * addresses.length, 8);
        MemorySegment.copy(fields, 0, values, ValueLayout.JAVA_INT, at, fields.length);
        MemorySegment.copy(addresses, 0, values, ValueLayout.JAVA_LONG, at + 4L * fields.length, addresses.length);
        return this;
    }

    /** A {@code Divisor}. */
    public Launcher withDivisor(int d) {
        return withStruct(Divisors.of(Math.max(1, d)));
    }

    // ---- the launch

    /** Starts a kernel whose threads loop over {@code n} elements; nothing for no element. */
    public void overElements(String kernel, int n) {
        if (n > 0) {
            int blocks = (int) Math.min(MOST_BLOCKS, ((long) n + THREADS - 1) / THREADS);
            launch(kernel, blocks, 1, THREADS, 1);
        }
    }

    /** Starts a kernel on this many blocks of this many threads. */
    public void launch(String kernel, int grid, int gridY, int blockX, int blockY) {
        Card card = context.card();
        long function = functions.computeIfAbsent(kernel, name -> modules.function(card, name));
        card.launch(function, grid, gridY, blockX, blockY, addresses.address());
    }
}
