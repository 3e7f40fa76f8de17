package dev.obverse.backend.cpu;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Arrays that tensors have given back, by size. Page faults and zeroing of fresh arrays cost more than most kernels, so
 * a training step should find every array here that the step before it used.
 *
 * <p>Lengths are rounded up to four significant bits, which wastes at most an eighth and lets tensors of similar size
 * share arrays. Each size is a stack, so the array handed out is the one most recently in the cache. What exceeds the
 * capacity goes to the garbage collector, sizes that nobody has asked for the longest first.
 */
public final class ArrayPool {
    /** Shorter arrays are cheaper to make than to keep. */
    private static final int SMALLEST = 1024;

    /**
     * What the pool has done so far.
     *
     * @param allocated arrays made
     * @param hits requests that a pooled array served
     * @param pooledBytes bytes that wait in the pool now
     */
    public record Statistics(long allocated, long hits, long pooledBytes) {}

    private final long capacityBytes;
    private final boolean poison;
    private final LinkedHashMap<Integer, ArrayDeque<float[]>> bySize = new LinkedHashMap<>(64, 0.75f, true);
    private long pooledBytes;
    private long allocated;
    private long hits;

    /**
     * @param poison overwrite arrays with NaN when they are handed out and when they come back, so that a kernel which
     *     reads what it has not written, or a tensor used after its release, shows in the results
     */
    ArrayPool(long capacityBytes, boolean poison) {
        this.capacityBytes = capacityBytes;
        this.poison = poison;
    }

    /** An array of at least {@code length} elements with any content. */
    float[] take(int length) {
        int size = rounded(length);
        var array = pooled(size);
        if (array == null) {
            array = fresh(size);
        }
        if (poison) {
            Arrays.fill(array, Float.NaN);
        }
        return array;
    }

    /** Takes back an array that nobody uses any more; one of a length that {@link #take} never asks for is not kept. */
    void give(float[] array) {
        if (poison) {
            Arrays.fill(array, Float.NaN);
        }
        long bytes = bytes(array.length);
        if (array.length < SMALLEST || array.length != rounded(array.length) || bytes > capacityBytes) {
            return;
        }
        synchronized (this) {
            bySize.computeIfAbsent(array.length, _ -> new ArrayDeque<>()).push(array);
            pooledBytes += bytes;
            evict();
        }
    }

    /** Leaves every pooled array to the garbage collector. */
    synchronized void clear() {
        bySize.clear();
        pooledBytes = 0;
    }

    synchronized Statistics statistics() {
        return new Statistics(allocated, hits, pooledBytes);
    }

    private synchronized float @Nullable [] pooled(int size) {
        var stack = bySize.get(size);
        var array = stack == null ? null : stack.poll();
        if (array == null) {
            allocated++;
            return null;
        }
        hits++;
        pooledBytes -= bytes(size);
        return array;
    }

    /** Sizes are in the order of their last use, because the map counts every access. */
    private void evict() {
        for (Iterator<ArrayDeque<float[]>> stacks = bySize.values().iterator(); pooledBytes > capacityBytes; ) {
            var stack = stacks.next();
            while (pooledBytes > capacityBytes && !stack.isEmpty()) {
                pooledBytes -= bytes(stack.removeLast().length);
            }
            if (stack.isEmpty()) {
                stacks.remove();
            }
        }
    }

    private float[] fresh(int size) {
        try {
            return new float[size];
        } catch (OutOfMemoryError e) {
            clear();
            return new float[size];
        }
    }

    private static long bytes(int length) {
        return 4L * length;
    }

    /** {@code length} rounded up to four significant bits. */
    static int rounded(int length) {
        if (length < SMALLEST) {
            return length;
        }
        int step = Integer.highestOneBit(length - 1) >>> 3;
        long rounded = ((long) length + step - 1) / step * step;
        return (int) Math.min(rounded, Integer.MAX_VALUE - 64);
    }
}
