package dev.obverse.backend.cpu.conv;

import org.jspecify.annotations.Nullable;

/**
 * A weight's elements once more, in the order in which a convolution multiplies them. A weight that is used twice
 * without having changed is taken for one that stays, as in inference: from then on the copy is kept, and reordering
 * the weight costs nothing. Whoever writes into the weight drops the copy, after writing. Many threads may use one,
 * also while another writes: what was packed meanwhile, which may be of neither state, is forgotten with it.
 */
public final class KeptWeights {
    /**
     * What the order of the copy depends on, for a weight {@code [taps, source, result]}.
     *
     * @param source source channels of one group
     * @param result result channels of all groups
     */
    public record Order(int taps, int source, int result, int groups) {
        /** The order that the direct algorithm wants for a forward pass. */
        static Order of(Correlation at) {
            return new Order(at.taps().size(), at.groupSource(), at.resultChannels(), at.groups());
        }
    }

    /** Fills an array with the copy. */
    @FunctionalInterface
    public interface Packing {
        void into(float[] packed);
    }

    private @Nullable Order order;
    private float @Nullable [] copy;
    private int writes;

    /** The copy for {@code at}, {@code size} long, made by {@code packing} if need be; not to be written. */
    public float[] of(Correlation at, long size, Packing packing) {
        var wanted = Order.of(at);
        int before;
        boolean again;
        synchronized (this) {
            again = wanted.equals(order);
            if (again && copy != null) {
                return copy;
            }
            order = wanted;
            copy = null;
            before = writes;
        }
        // The first time may be the last: then scratch memory will do.
        var packed =
                again && size <= Integer.MAX_VALUE - 64 ? new float[(int) size] : Scratch.floats(Scratch.PACKED, size);
        packing.into(packed);
        if (again) {
            keep(wanted, packed, before);
        }
        return packed;
    }

    private synchronized void keep(Order packedOrder, float[] packed, int before) {
        // What was packed while somebody wrote may be of neither state.
        if (writes == before && packedOrder.equals(order) && packed.length < Integer.MAX_VALUE - 64) {
            copy = packed;
        }
    }

    /** Forgets the copy, because the weight has changed. */
    public synchronized void drop() {
        order = null;
        copy = null;
        writes++;
    }
}
