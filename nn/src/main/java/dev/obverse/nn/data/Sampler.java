package dev.obverse.nn.data;

import dev.obverse.random.Philox;
import java.util.stream.IntStream;

/** The order in which an epoch visits a data set: a pure function of its arguments, so that a run can be resumed. */
@FunctionalInterface
public interface Sampler {
    /**
     * The indices to visit in an epoch. Not every index has to occur, and one may occur more than once.
     *
     * @param size of the data set
     * @param epoch from 0
     */
    int[] order(int size, int epoch);

    static Sampler sequential() {
        return (size, epoch) -> IntStream.range(0, size).toArray();
    }

    /** Every index once, in an order drawn anew for each epoch. */
    static Sampler shuffled(long seed) {
        return (size, epoch) -> new Philox(seed).stream(epoch).permutation(size);
    }
}
