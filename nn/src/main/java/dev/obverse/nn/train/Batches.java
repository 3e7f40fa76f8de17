package dev.obverse.nn.train;

import java.util.Iterator;

/**
 * The training data, as a pure function of where training is, so that a resumed run sees what an uninterrupted one
 * would have seen. If an iterator is {@link AutoCloseable}, the trainer closes it.
 *
 * @param <B> a batch
 */
@FunctionalInterface
public interface Batches<B> {
    /** The batches of an epoch, counted from 0, without the first {@code skip}. */
    Iterator<B> of(long epoch, long skip);
}
