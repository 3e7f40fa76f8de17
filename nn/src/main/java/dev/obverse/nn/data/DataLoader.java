package dev.obverse.nn.data;

import dev.obverse.random.Philox;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Makes the batches of a data set, whole and ahead of time, on threads of its own.
 *
 * <pre>{@code
 * try (var loader = new DataLoader<>(dataset, collator, LoaderOptions.batchesOf(32).shuffled(seed).workers(2))) {
 *     for (int epoch = 0; epoch < 200; epoch++) {
 *         for (var batch : loader.epoch(epoch)) {
 *             ...
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p><b>Who owns a batch.</b> The loader does. What {@code next()} returns may be read until {@code next()} or
 * {@link #epoch} is called again or the loader is closed; then its arrays are filled with other samples. Copy what must
 * live longer: making a tensor copies.
 *
 * <p><b>Repeatable.</b> The batches depend on the data set, the batch size, the sampler, the seed and the epoch's
 * number, never on the number of workers or on timing. To resume a run, store the epoch and {@link Epoch#position} and
 * hand them to {@link #epoch(int, int)}.
 *
 * <p>One thread at a time may use a loader, and none may wait for a batch while another closes it.
 */
public final class DataLoader<T, B> implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(DataLoader.class.getName());
    /** Keeps these random numbers apart from those that {@link Sampler#shuffled} draws from the same seed. */
    private static final long AUGMENTATION = 1L << 40;

    private static final AtomicInteger THREADS = new AtomicInteger();

    private final Dataset<T> dataset;
    private final Collator<T, B> collator;
    private final LoaderOptions options;
    private final @Nullable ExecutorService workers;
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    /** Batches not in use, by their number of slots. */
    private final Map<Integer, Deque<B>> idle = new HashMap<>();

    private @Nullable Epoch current;
    private boolean closed;

    /** A loader whose threads start with its first epoch. */
    public DataLoader(Dataset<T> dataset, Collator<T, B> collator, LoaderOptions options) {
        this.dataset = dataset;
        this.collator = collator;
        this.options = options;
        workers = options.workers() == 0 ? null : Executors.newFixedThreadPool(options.workers(), this::thread);
    }

    private Thread thread(Runnable work) {
        var thread = Thread.ofPlatform()
                .daemon()
                .name("obverse-data-" + THREADS.getAndIncrement())
                .unstarted(work);
        threads.add(thread);
        return thread;
    }

    /** All batches of an epoch. */
    public Epoch epoch(int epoch) {
        return epoch(epoch, 0);
    }

    /**
     * The batches of an epoch from the one with number {@code firstBatch} on. Ends the epoch begun before, if it still
     * runs.
     *
     * @param epoch from 0; the sampler makes its order from this number
     * @param firstBatch from 0 to the epoch's number of batches, which gives none
     */
    public Epoch epoch(int epoch, int firstBatch) {
        if (closed) {
            throw new IllegalStateException("This data loader is closed");
        }
        if (current != null) {
            current.end();
        }
        current = new Epoch(epoch, firstBatch);
        return current;
    }

    /** Ends the running epoch and the threads. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (current != null) {
            current.ended = true;
        }
        if (workers == null) {
            return;
        }
        workers.shutdownNow();
        try {
            for (var thread : threads) {
                if (!thread.join(Duration.ofSeconds(10))) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "{0} is stuck in a sample and is left behind by its data loader",
                            thread.getName());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The batches of one epoch, to be taken once, in order: by a for loop, or one by one. */
    @SuppressWarnings("IterableAndIterator") // its iterator is itself, as taking a batch twice makes no sense
    public final class Epoch implements Iterable<B>, Iterator<B> {
        private final int epoch;
        private final int[] order;
        private final int batches;
        private final Philox random;
        private final Deque<Assembly> inWork = new ArrayDeque<>();
        private @Nullable Assembly handedOut;
        private int begun;
        private int position;
        private volatile boolean ended;

        private Epoch(int epoch, int firstBatch) {
            this.epoch = epoch;
            order = options.sampler().order(dataset.size(), epoch);
            int size = options.batchSize();
            batches = options.dropLast() ? order.length / size : Math.ceilDiv(order.length, size);
            if (firstBatch < 0 || firstBatch > batches) {
                throw new IllegalArgumentException("Epoch " + epoch + " has " + batches
                        + " batches and cannot begin with batch " + firstBatch
                        + "; a run can only be resumed with the same data and batch size");
            }
            begun = firstBatch;
            position = firstBatch;
            random = new Philox(options.seed()).stream(AUGMENTATION).stream(epoch);
            if (workers != null) {
                workAhead();
            }
        }

        /** Number of batches of the whole epoch. */
        public int batches() {
            return batches;
        }

        /** Number of the batch that {@code next()} will return: what to store in order to resume after this one. */
        public int position() {
            return position;
        }

        @Override
        public Iterator<B> iterator() {
            return this;
        }

        @Override
        public boolean hasNext() {
            return position < batches;
        }

        /**
         * The next batch, waiting for it if need be.
         *
         * @throws SampleException if a sample of this batch failed, the one in the lowest slot if several did; the
         *     following call goes on with the following batch
         * @throws IllegalStateException if this epoch was ended by another or by closing the loader
         */
        @Override
        public B next() {
            if (ended) {
                throw new IllegalStateException(
                        "Epoch " + epoch + " was ended: its loader was closed or began another epoch");
            }
            if (!hasNext()) {
                throw new NoSuchElementException("Epoch " + epoch + " has only " + batches + " batches");
            }
            if (handedOut != null) {
                handedOut.await(); // still in work if the last call was interrupted
                recycle(handedOut);
                handedOut = null;
            }
            if (inWork.isEmpty()) {
                begin();
            }
            var assembly = inWork.remove();
            handedOut = assembly;
            position++;
            if (workers != null) {
                workAhead();
            }
            assembly.await();
            assembly.throwFailure();
            return assembly.batch;
        }

        private void workAhead() {
            while (begun < batches && inWork.size() < options.prefetch()) {
                begin();
            }
        }

        private void begin() {
            int from = begun * options.batchSize();
            int slots = Math.min(options.batchSize(), order.length - from);
            var free = idle.computeIfAbsent(slots, n -> new ArrayDeque<>()).poll();
            var batch = free != null ? free : collator.allocate(slots);
            var assembly = new Assembly(this, begun++, slots, batch);
            inWork.add(assembly);
            for (int slot = 0; slot < slots; slot++) {
                int s = slot;
                if (workers == null) {
                    assembly.fill(s, from + s);
                } else {
                    workers.execute(() -> assembly.fill(s, from + s));
                }
            }
        }

        /** Waits for what is in work, so that its batches can be used again. */
        private void end() {
            ended = true;
            if (handedOut != null) {
                inWork.add(handedOut);
                handedOut = null;
            }
            for (var assembly : inWork) {
                assembly.await();
                recycle(assembly);
            }
            inWork.clear();
        }

        private void recycle(Assembly assembly) {
            Objects.requireNonNull(idle.get(assembly.slots)).add(assembly.batch);
        }
    }

    /** A batch while its slots are filled. */
    private final class Assembly {
        private final Epoch epoch;
        private final int number;
        private final int slots;
        private final B batch;
        private int unfilled;
        private int failedSlot = Integer.MAX_VALUE;
        private @Nullable SampleException failure;

        Assembly(Epoch epoch, int number, int slots, B batch) {
            this.epoch = epoch;
            this.number = number;
            this.slots = slots;
            this.batch = batch;
            unfilled = slots;
        }

        /** Runs on a worker. Whatever goes wrong is kept for the consumer. */
        void fill(int slot, int place) {
            int index = epoch.order[place];
            Throwable problem = null;
            try {
                if (!epoch.ended) {
                    collator.put(dataset.get(index), batch, slot, epoch.random.stream(place));
                }
            } catch (Throwable e) {
                problem = e;
            }
            synchronized (this) {
                if (problem != null && slot < failedSlot) {
                    failedSlot = slot;
                    failure = new SampleException(index, number, epoch.epoch, problem);
                }
                if (--unfilled == 0) {
                    notifyAll();
                }
            }
        }

        synchronized void await() {
            try {
                while (unfilled > 0) {
                    wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(
                        "Interrupted while waiting for batch " + number + " of epoch " + epoch.epoch, e);
            }
        }

        synchronized void throwFailure() {
            if (failure != null) {
                throw failure;
            }
        }
    }
}
