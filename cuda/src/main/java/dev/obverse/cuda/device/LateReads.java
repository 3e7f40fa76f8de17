package dev.obverse.cuda.device;

import dev.obverse.backend.StepKernels;
import dev.obverse.backend.Storage;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** Few numbers at a time on their way from the card, in pinned memory, behind the work that makes them. */
final class LateReads {
    private static final int SLOTS = Card.MARKS - Staging.PARTS;
    private static final int SLOT_BYTES = 4096;

    private final CudaContext context;
    private final @Nullable Reading[] slots = new Reading[SLOTS];
    private @Nullable MemorySegment pinned;
    private int next;

    LateReads(CudaContext context) {
        this.context = context;
    }

    private final class Reading implements StepKernels.Reading {
        final int slot;
        final int length;
        private float @Nullable [] values;

        Reading(int slot, int length) {
            this.slot = slot;
            this.length = length;
        }

        @Override
        public float[] get() {
            context.run("read later", length + " elements", this::fetch);
            return values == null ? new float[0] : values.clone();
        }

        void fetch() {
            if (values == null) {
                context.card().await(Staging.PARTS + slot);
                values = memory(slot).asSlice(0, 4L * length).toArray(ValueLayout.JAVA_FLOAT);
                slots[slot] = null;
            }
        }
    }

    /** The card's time is not the caller's: nothing is waited for, unless more than {@link #SLOTS} are under way. */
    StepKernels.Reading start(Storage source) {
        if (4L * source.length() > SLOT_BYTES) {
            throw new IllegalArgumentException(
                    source.length() + " elements are too many to be read later; at most " + SLOT_BYTES / 4);
        }
        var started = new Reading[1];
        context.run("start reading", source.length() + " elements", () -> {
            context.countTransfer("numbers are read from the card");
            int slot = next;
            next = (next + 1) % SLOTS;
            var earlier = slots[slot];
            if (earlier != null) {
                earlier.fetch();
            }
            context.card().copyOut(context.address(source), memory(slot).address(), 4L * source.length());
            context.card().mark(Staging.PARTS + slot);
            started[0] = new Reading(slot, source.length());
            slots[slot] = started[0];
        });
        return started[0];
    }

    @SuppressWarnings("restricted") // the block is as long as it was asked to be
    private MemorySegment memory(int slot) {
        var memory = pinned;
        if (memory == null) {
            memory = MemorySegment.ofAddress(context.card().allocatePinned((long) SLOTS * SLOT_BYTES))
                    .reinterpret((long) SLOTS * SLOT_BYTES);
            pinned = memory;
        }
        return memory.asSlice((long) slot * SLOT_BYTES, SLOT_BYTES);
    }

    void close() {
        if (pinned != null) {
            context.card().freePinned(pinned.address());
            pinned = null;
        }
    }
}
