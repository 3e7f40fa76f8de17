package dev.obverse.nn.data;

/**
 * How a {@link DataLoader} works. Start from {@link #batchesOf} and change what should differ:
 * {@code LoaderOptions.batchesOf(32).shuffled(seed).workers(2)}. Only the first four decide what the batches contain.
 *
 * @param batchSize samples in a batch, at least 1
 * @param dropLast whether to leave out a last batch with fewer samples
 * @param sampler the order within an epoch
 * @param seed of the generators that {@link Collator#put} is given
 * @param workers threads that fetch samples; 0 fetches on the thread that asks for the batch
 * @param prefetch batches to have ready or in work while the consumer uses one, at least 1; ignored without workers
 */
public record LoaderOptions(int batchSize, boolean dropLast, Sampler sampler, long seed, int workers, int prefetch) {
    public LoaderOptions {
        if (batchSize < 1 || workers < 0 || prefetch < 1) {
            throw new IllegalArgumentException("A data loader needs a batch size of 1 or more, 0 or more workers and a "
                    + "prefetch of 1 or more, but was given " + batchSize + ", " + workers + " and " + prefetch);
        }
    }

    /** In order, the smaller last batch kept, one worker that is up to two batches ahead. */
    public static LoaderOptions batchesOf(int batchSize) {
        return new LoaderOptions(batchSize, false, Sampler.sequential(), 0, 1, 2);
    }

    /** A new random order in every epoch, and random augmentation, both from this seed. */
    public LoaderOptions shuffled(long seed) {
        return new LoaderOptions(batchSize, dropLast, Sampler.shuffled(seed), seed, workers, prefetch);
    }

    public LoaderOptions sampler(Sampler sampler) {
        return new LoaderOptions(batchSize, dropLast, sampler, seed, workers, prefetch);
    }

    public LoaderOptions dropLast(boolean dropLast) {
        return new LoaderOptions(batchSize, dropLast, sampler, seed, workers, prefetch);
    }

    public LoaderOptions workers(int workers) {
        return new LoaderOptions(batchSize, dropLast, sampler, seed, workers, prefetch);
    }

    public LoaderOptions prefetch(int prefetch) {
        return new LoaderOptions(batchSize, dropLast, sampler, seed, workers, prefetch);
    }
}
