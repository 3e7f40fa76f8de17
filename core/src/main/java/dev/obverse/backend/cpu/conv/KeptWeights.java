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
    private record Order(Algorithm algorithm, int taps, int source, int result, int groups) {}

    /** Whose order it is. */
    public enum Algorithm {
        DIRECT,
        WINOGRAD
    }

    /** Fills an array with the copy. */
    @FunctionalInterface
    public interface Packing {
        void into(float[] packed);
    }

    private static final int LONGEST = Integer.MAX_VALUE - 64;

    private @Nullable Order order;
    private float @Nullable [] copy;
    private int writes;

    /**
     * The copy for {@code at}, {@code size} long and not to be written, which {@code packing} makes if need be. Null if
     * this is the weight's first use, which may be the last.
     */
    public float @Nullable [] of(Algorithm algorithm, Correlation at, long size, Packing packing) {
        var wanted = new Order(algorithm, at.taps().size(), at.groupSource(), at.resultChannels(), at.groups());
        int before;
        synchronized (this) {
            boolean again = wanted.equals(order);
            if (again && copy != null) {
                return copy;
            }
            order = wanted;
            copy = null;
            before = writes;
            if (!again || size > LONGEST) {
                return null;
            }
        }
        var packed = new float[(int) size];
        packing.into(packed);
        keep(wanted, packed, before);
        return packed;
    }

    private synchronized void keep(Order packedOrder, float[] packed, int before) {
        // What was packed while somebody wrote may be of neither state.
        if (writes == before && packedOrder.equals(order)) {
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
