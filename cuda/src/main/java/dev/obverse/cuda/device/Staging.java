package dev.obverse.cuda.device;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * The way in and out of a card: pinned memory in a few parts, so that one can be filled while the card still copies
 * another. Nothing is ever copied from or to a Java array directly, which would hold up the garbage collector.
 *
 * <p>Callers hold the context's lock.
 */
final class Staging {
    private static final int PART = 4 << 20;
    /** Each with the mark of its number. */
    static final int PARTS = 4;

    private final Card card;
    private @Nullable MemorySegment pinned;
    private int next;

    Staging(Card card) {
        this.card = card;
    }

    /** Copies elements {@code from} on into {@code to}, which is as long as there is room for them. */
    interface Filling {
        void fill(long from, MemorySegment to);
    }

    /** Starts a transfer of {@code bytes} to the card; the source has been read completely on return. */
    void write(long address, long bytes, Filling source) {
        for (long done = 0; done < bytes; done += PART) {
            int size = (int) Math.min(PART, bytes - done);
            var part = part();
            source.fill(done, part.asSlice(0, size));
            card.copyIn(part.address(), address + done, size);
            card.mark(next);
            next = (next + 1) % PARTS;
        }
    }

    /** Empties pinned memory that holds bytes {@code from} on. */
    interface Emptying {
        void empty(long from, MemorySegment source);
    }

    /** Waits for all work on the card, and reads. */
    void read(long address, long bytes, Emptying target) {
        for (long done = 0; done < bytes; done += PART) {
            int size = (int) Math.min(PART, bytes - done);
            var part = part();
            card.copyOut(address + done, part.address(), size);
            card.mark(next);
            card.await(next);
            target.empty(done, part.asSlice(0, size));
        }
    }

    /** The next part, once the card has done with it. */
    @SuppressWarnings("restricted") // the block is as long as it was asked to be
    private MemorySegment part() {
        var memory = pinned;
        if (memory == null) {
            memory = MemorySegment.ofAddress(card.allocatePinned((long) PARTS * PART))
                    .reinterpret((long) PARTS * PART);
            pinned = memory;
        }
        card.await(next);
        return memory.asSlice((long) next * PART, PART);
    }

    void close() {
        if (pinned != null) {
            card.freePinned(pinned.address());
            pinned = null;
        }
    }

    static Filling floats(float[] source) {
        return (from, to) ->
                MemorySegment.copy(source, (int) (from / 4), to, ValueLayout.JAVA_FLOAT, 0, (int) (to.byteSize() / 4));
    }

    static Filling ints(int[] source) {
        return (from, to) ->
                MemorySegment.copy(source, (int) (from / 4), to, ValueLayout.JAVA_INT, 0, (int) (to.byteSize() / 4));
    }

    static Filling rounded(double[] source) {
        return (from, to) -> {
            for (int i = 0; i < to.byteSize() / 4; i++) {
                to.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) source[(int) (from / 4) + i]);
            }
        };
    }
}
