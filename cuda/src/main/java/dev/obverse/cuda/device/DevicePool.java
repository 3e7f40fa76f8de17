package dev.obverse.cuda.device;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Blocks of a card's memory that tensors have given back, by size: allocating from the driver synchronises, so a
 * training step should find every block here that the step before it used.
 *
 * <p>Sizes are rounded up to four significant bits, at least 512 bytes, which wastes at most an eighth. A block that is
 * given back may still be in use by work that was started before; whoever gets it next starts work behind that, because
 * a card has one stream.
 *
 * <p>May be called from any thread, the collector's too; only {@link #take} and {@link #trim} call the card.
 */
public final class DevicePool {
    /** What a card's memory must be aligned to, and the smallest block. */
    private static final int SMALLEST = 512;

    private static final int COLLECTIONS = 5;

    /**
     * What the pool has done so far.
     *
     * @param allocated blocks that came from the driver
     * @param hits requests that a pooled block served
     * @param liveBytes bytes that tensors hold now
     * @param pooledBytes bytes that wait in the pool now
     * @param peakBytes most bytes that tensors have held at one time
     */
    public record Statistics(
            long allocated, long hits, long liveBlocks, long liveBytes, long pooledBytes, long peakBytes) {}

    private record Live(
            long bytes, @Nullable String asker, @Nullable Reserve reserve) {}

    /**
     * Blocks for work that is recorded and done again: it will use the same addresses every time, so nobody else may
     * get them. Filled when the work runs for the first time inside {@link #open}.
     */
    public static final class Reserve {
        private final TreeMap<Long, ArrayDeque<Long>> bySize = new TreeMap<>();
        private int live;
        private boolean dissolved;
    }

    private final Card card;
    private final String device;
    private final boolean remembersAskers;
    private final TreeMap<Long, ArrayDeque<Long>> bySize = new TreeMap<>();
    private final Map<Long, Live> live = new HashMap<>();
    private @Nullable Reserve open;
    private boolean grows = true;
    private long allocated;
    private long hits;
    private long liveBytes;
    private long pooledBytes;
    private long peakBytes;

    /**
     * An empty pool of one card.
     *
     * @param remembersAskers whether {@link #leaks} shall know who asked, which costs time on every request
     */
    public DevicePool(Card card, String device, boolean remembersAskers) {
        this.card = card;
        this.device = device;
        this.remembersAskers = remembersAskers;
    }

    /**
     * Address of a block of at least {@code bytes}, with any content. The card must be bound.
     *
     * @throws OutOfDeviceMemoryException if there is no room, even after what nobody uses has been collected
     */
    public long take(long bytes) {
        long size = rounded(bytes);
        var asker = remembersAskers ? Asker.find() : null;
        var pooled = pooled(size, asker);
        return pooled != null ? pooled : fresh(size, asker);
    }

    private synchronized @Nullable Long pooled(long size, @Nullable String asker) {
        var address = poll(open == null ? bySize : open.bySize, size);
        if (address == null && open != null && grows) {
            address = poll(bySize, size); // what plain calls have used, so that memory is not needed twice
        }
        if (address != null) {
            hits++;
            pooledBytes -= size;
            use(address, size, asker);
        }
        return address;
    }

    private static @Nullable Long poll(Map<Long, ArrayDeque<Long>> stacks, long size) {
        var stack = stacks.get(size);
        return stack == null ? null : stack.poll();
    }

    private void use(long address, long size, @Nullable String asker) {
        live.put(address, new Live(size, asker, open));
        if (open != null) {
            open.live++;
        }
        liveBytes += size;
        peakBytes = Math.max(peakBytes, liveBytes);
    }

    private long fresh(long size, @Nullable String asker) {
        if (!grows) {
            throw new NotRecordableException("it asks for " + Bytes.text(size) + " that it did not ask for before");
        }
        for (int collections = 0; ; collections++) {
            try {
                long address = card.allocate(size);
                synchronized (this) {
                    allocated++;
                    use(address, size, asker);
                }
                return address;
            } catch (CudaException e) {
                if (e.status() != CudaException.OUT_OF_MEMORY) {
                    throw e;
                }
                if (trim() > 0) {
                    continue;
                }
                if (collections >= COLLECTIONS) {
                    throw new OutOfDeviceMemoryException(device, size, Asker.find(), statistics(), card.memory());
                }
            }
            collect();
            var pooled = pooled(size, asker);
            if (pooled != null) {
                return pooled;
            }
        }
    }

    /** Tensors outside of every scope give their memory back when the collector finds them. */
    private static void collect() {
        System.gc();
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes back a block that {@link #take} handed out and that nobody will start work on any more. */
    public synchronized void give(long address) {
        var block = live.remove(address);
        if (block == null) {
            throw new IllegalStateException(
                    "A block of " + device + " at 0x" + Long.toHexString(address) + " was given back twice");
        }
        liveBytes -= block.bytes;
        pooledBytes += block.bytes;
        var reserve = block.reserve;
        if (reserve != null) {
            reserve.live--;
        }
        var home = reserve == null || reserve.dissolved ? bySize : reserve.bySize;
        home.computeIfAbsent(block.bytes, _ -> new ArrayDeque<>()).push(address);
    }

    /**
     * From now on blocks come from {@code reserve}, which gets them back whenever they are given back. Only one thread
     * may use the pool until {@link #close}.
     *
     * @param grows whether the reserve may get blocks that it does not have yet
     */
    synchronized void open(Reserve reserve, boolean grows) {
        open = reserve;
        this.grows = grows;
    }

    synchronized void close() {
        open = null;
        grows = true;
    }

    /** Number of a reserve's blocks that are in use. */
    synchronized int live(Reserve reserve) {
        return reserve.live;
    }

    /** Lets everybody have a reserve's blocks. */
    synchronized void dissolve(Reserve reserve) {
        reserve.dissolved = true;
        reserve.bySize.forEach((size, blocks) ->
                bySize.computeIfAbsent(size, _ -> new ArrayDeque<>()).addAll(blocks));
        reserve.bySize.clear();
    }

    /**
     * Gives everything that waits in the pool back to the driver. The card must be bound.
     *
     * @return number of bytes
     */
    public long trim() {
        var addresses = new ArrayDeque<Long>();
        long bytes;
        synchronized (this) {
            bytes = 0;
            for (var stacks = bySize.entrySet().iterator(); stacks.hasNext(); stacks.remove()) {
                var stack = stacks.next();
                addresses.addAll(stack.getValue());
                bytes += stack.getKey() * stack.getValue().size();
            }
            pooledBytes -= bytes;
        }
        if (!addresses.isEmpty()) {
            card.synchronize();
            addresses.forEach(card::free);
        }
        return bytes;
    }

    public synchronized Statistics statistics() {
        return new Statistics(allocated, hits, live.size(), liveBytes, pooledBytes, peakBytes);
    }

    /** What tensors hold now, one line for each asker, largest first; for finding leaks. */
    public synchronized String leaks() {
        var byAsker = new HashMap<String, long[]>();
        for (var block : live.values()) {
            var asker = block.asker == null ? "somebody (-Dobverse.cuda.debug=true says who)" : block.asker;
            var sum = byAsker.computeIfAbsent(asker, _ -> new long[2]);
            sum[0]++;
            sum[1] += block.bytes;
        }
        var text = new StringBuilder();
        byAsker.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<String, long[]> e) -> -e.getValue()[1])
                        .thenComparing(Map.Entry::getKey))
                .forEach(e -> text.append("%s in %d blocks held by %s%n"
                        .formatted(Bytes.text(e.getValue()[1]), e.getValue()[0], e.getKey())));
        return text.toString();
    }

    /** {@code bytes} rounded up to four significant bits. */
    static long rounded(long bytes) {
        if (bytes <= SMALLEST) {
            return SMALLEST;
        }
        long step = Math.max(SMALLEST, Long.highestOneBit(bytes - 1) >>> 3);
        return (bytes + step - 1) / step * step;
    }
}
