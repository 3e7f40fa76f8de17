package dev.obverse.nn.data;

import dev.obverse.random.Philox;
import dev.obverse.tensor.Shape;
import java.io.IOException;

/**
 * Makes batches out of samples, by writing each into its own slot of arrays that are used again and again.
 *
 * @param <T> a sample
 * @param <B> a batch: typically a record of arrays, one per input of the model, each with room for all slots
 */
public interface Collator<T, B> {
    /** A new batch with exactly {@code size} slots, content undefined. */
    B allocate(int size);

    /**
     * Writes a sample into a slot, all of it, since the slot still holds an older sample. Called from several threads
     * at once, for different slots of one batch and for several batches.
     *
     * @param slot from 0 to the size of the batch - 1
     * @param random for augmentation: a generator of this sample's own, the same for the same seed, epoch and place in
     *     the epoch, whatever the number of threads
     * @throws IOException if the sample cannot be read
     */
    void put(T sample, B batch, int slot, Philox random) throws IOException;

    /**
     * Samples that are arrays of one shape, stacked along a new first axis.
     *
     * @param extents of one sample, such as {@code H, W, C}
     */
    static Collator<float[], FloatBatch> stacking(int... extents) {
        var shape = Shape.of(extents);
        return new Collator<>() {
            @Override
            public FloatBatch allocate(int size) {
                var batched = new int[extents.length + 1];
                batched[0] = size;
                System.arraycopy(shape.toArray(), 0, batched, 1, extents.length);
                var whole = Shape.of(batched);
                return new FloatBatch(new float[whole.size()], whole);
            }

            @Override
            public void put(float[] sample, FloatBatch batch, int slot, Philox random) {
                if (sample.length != shape.size()) {
                    throw new IllegalArgumentException("A sample has " + sample.length
                            + " values, but samples of shape " + shape + " have " + shape.size());
                }
                System.arraycopy(sample, 0, batch.values(), slot * sample.length, sample.length);
            }
        };
    }
}
