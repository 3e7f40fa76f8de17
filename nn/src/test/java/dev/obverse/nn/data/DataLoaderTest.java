package dev.obverse.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DataLoaderTest {
    /** The sample at index i is the number i. Later samples are ready sooner, so that threads overtake each other. */
    private static final class Numbers implements Dataset<Integer> {
        private final int size;

        Numbers(int size) {
            this.size = size;
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public Integer get(int index) {
            long until = System.nanoTime() + (index * 7919 % 100) * 1000L;
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            return index;
        }
    }

    /** Slot = {the number, a random number}. */
    private static final class Pairs implements Collator<Integer, float[]> {
        final Set<float[]> allocated = Collections.newSetFromMap(new IdentityHashMap<>());

        @Override
        public float[] allocate(int size) {
            var batch = new float[2 * size];
            allocated.add(batch);
            return batch;
        }

        @Override
        public void put(Integer sample, float[] batch, int slot, Philox random) {
            batch[2 * slot] = sample;
            batch[2 * slot + 1] = random.nextFloat();
        }
    }

    private Set<Thread> before = Set.of();

    @BeforeEach
    void rememberThreads() {
        before = loaderThreads();
    }

    @AfterEach
    void noThreadIsLeft() {
        assertEquals(before, loaderThreads());
    }

    private static Set<Thread> loaderThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("obverse-data-"))
                .collect(Collectors.toSet());
    }

    private static final LoaderOptions OPTIONS = LoaderOptions.batchesOf(8).shuffled(42);

    private static List<float[]> batches(LoaderOptions options, int epoch, int firstBatch) {
        try (var loader = new DataLoader<>(new Numbers(53), new Pairs(), options)) {
            var batches = new ArrayList<float[]>();
            loader.epoch(epoch, firstBatch).forEach(batch -> batches.add(batch.clone()));
            return batches;
        }
    }

    private static void assertSameBatches(List<float[]> expected, List<float[]> actual) {
        assertArrayEquals(expected.toArray(), actual.toArray());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 9})
    void batchesDoNotDependOnTheNumberOfWorkers(int workers) {
        var expected = batches(OPTIONS.workers(0), 3, 0);
        assertEquals(7, expected.size());
        assertEquals(2 * 5, expected.getLast().length, "53 = 6 * 8 + 5");
        for (int prefetch : new int[] {1, 2, 5, 100}) {
            assertSameBatches(expected, batches(OPTIONS.workers(workers).prefetch(prefetch), 3, 0));
        }
    }

    @Test
    void anEpochVisitsEverySampleOnceInItsOwnOrder() {
        var orders = new ArrayList<List<Integer>>();
        for (int epoch = 0; epoch < 3; epoch++) {
            var order = new ArrayList<Integer>();
            for (var batch : batches(OPTIONS, epoch, 0)) {
                for (int i = 0; i < batch.length; i += 2) {
                    order.add((int) batch[i]);
                }
            }
            orders.add(order);
            assertEquals(
                    IntStream.range(0, 53).boxed().toList(),
                    order.stream().sorted().toList());
        }
        assertNotEquals(orders.get(0), orders.get(1));
        assertNotEquals(orders.get(1), orders.get(2));
        assertNotEquals(
                batches(OPTIONS.shuffled(43), 0, 0).get(0)[1],
                batches(OPTIONS, 0, 0).get(0)[1]);
    }

    @Test
    void augmentationDiffersBetweenSamplesAndEpochs() {
        var random = new ArrayList<Float>();
        for (int epoch = 0; epoch < 2; epoch++) {
            for (var batch : batches(OPTIONS, epoch, 0)) {
                for (int i = 1; i < batch.length; i += 2) {
                    random.add(batch[i]);
                }
            }
        }
        assertEquals(106, random.stream().distinct().count());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4})
    void resumingGivesWhatAnUninterruptedEpochGives(int workers) {
        var whole = batches(OPTIONS, 5, 0);
        for (int from = 0; from <= 7; from++) {
            assertSameBatches(whole.subList(from, 7), batches(OPTIONS.workers(workers), 5, from));
        }
        var error = assertThrows(IllegalArgumentException.class, () -> batches(OPTIONS.workers(workers), 5, 8));
        assertEquals(
                "Epoch 5 has 7 batches and cannot begin with batch 8; a run can only be resumed with the same data and "
                        + "batch size",
                error.getMessage());
    }

    @Test
    void positionIsWhereToResume() {
        try (var loader = new DataLoader<>(new Numbers(53), new Pairs(), OPTIONS)) {
            var epoch = loader.epoch(1, 2);
            assertEquals(7, epoch.batches());
            assertEquals(2, epoch.position());
            epoch.next();
            assertEquals(3, epoch.position());
            assertArrayEquals(batches(OPTIONS, 1, 0).get(epoch.position()), epoch.next());
        }
    }

    @Test
    void aSmallerLastBatchCanBeDropped() {
        var kept = batches(OPTIONS, 0, 0);
        assertSameBatches(kept.subList(0, 6), batches(OPTIONS.dropLast(true), 0, 0));
        try (var loader = new DataLoader<>(new Numbers(5), new Pairs(), OPTIONS.dropLast(true))) {
            assertFalse(loader.epoch(0).hasNext());
            assertThrows(NoSuchElementException.class, () -> loader.epoch(0).next());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void arraysAreUsedAgain(int workers) {
        var collator = new Pairs();
        try (var loader = new DataLoader<>(
                new Numbers(53), collator, OPTIONS.workers(workers).prefetch(2))) {
            for (int epoch = 0; epoch < 4; epoch++) {
                loader.epoch(epoch).forEach(batch -> {});
            }
            loader.epoch(4).next();
        }
        // Two ahead and one in use, and as many small ones at the most.
        assertTrue(collator.allocated.size() <= (workers == 0 ? 2 : 6), collator.allocated.size() + " arrays");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4})
    void aFailureNamesTheFirstBadSampleOfItsBatchAndTheRestGoesOn(int workers) {
        Dataset<Integer> numbers = new Numbers(20);
        var cause = new IOException("face.png is cut short");
        var dataset = new Dataset<Integer>() {
            @Override
            public int size() {
                return numbers.size();
            }

            @Override
            public Integer get(int index) throws IOException {
                if (index == 9 || index == 11) {
                    throw cause;
                }
                return numbers.get(index);
            }
        };
        var options = LoaderOptions.batchesOf(4).workers(workers);
        try (var loader = new DataLoader<>(dataset, new Pairs(), options)) {
            var epoch = loader.epoch(2);
            epoch.next();
            epoch.next();
            var error = assertThrows(SampleException.class, epoch::next);
            assertEquals(9, error.index());
            assertSame(cause, error.getCause());
            assertEquals(
                    "Sample 9 of the data set, wanted for batch 2 of epoch 2, failed: face.png is cut short",
                    error.getMessage());
            assertEquals(12, epoch.next()[0]);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void aBrokenCollatorIsReportedToo(int workers) {
        var samples = Dataset.of(List.of(new float[4], new float[3]));
        var options = LoaderOptions.batchesOf(2).workers(workers);
        try (var loader = new DataLoader<>(samples, Collator.stacking(2, 2), options)) {
            var error =
                    assertThrows(SampleException.class, () -> loader.epoch(0).next());
            assertEquals(1, error.index());
            assertInstanceOf(IllegalArgumentException.class, error.getCause());
        }
    }

    @Test
    void anotherEpochEndsTheRunningOne() {
        try (var loader = new DataLoader<>(new Numbers(53), new Pairs(), OPTIONS.workers(3))) {
            var abandoned = loader.epoch(0);
            abandoned.next();
            var batches = new ArrayList<float[]>();
            loader.epoch(1).forEach(batch -> batches.add(batch.clone()));
            assertSameBatches(batches(OPTIONS, 1, 0), batches);
            assertThrows(IllegalStateException.class, abandoned::next);
        }
    }

    @Test
    void closingInterruptsWorkersAndLeavesNoThread() throws InterruptedException {
        var stuck = new CountDownLatch(1);
        var never = new CountDownLatch(1);
        var dataset = new Numbers(100).map(number -> {
            if (number == 10) {
                stuck.countDown();
                try {
                    never.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            return number;
        });
        var loader = new DataLoader<>(
                dataset, new Pairs(), LoaderOptions.batchesOf(8).workers(4).prefetch(3));
        var epoch = loader.epoch(0);
        epoch.next();
        stuck.await();
        assertEquals(4, loaderThreads().size() - before.size());
        loader.close();
        assertEquals(before, loaderThreads());
        assertThrows(IllegalStateException.class, epoch::next);
        assertThrows(IllegalStateException.class, () -> loader.epoch(1));
        loader.close();
    }

    @Test
    void anInterruptedConsumerCanGoOn() {
        try (var loader = new DataLoader<>(new Numbers(53), new Pairs(), OPTIONS.workers(2))) {
            var epoch = loader.epoch(0);
            epoch.next();
            Thread.currentThread().interrupt();
            try {
                epoch.next(); // may be ready already, and then needs no waiting
            } catch (IllegalStateException e) {
                assertEquals("Interrupted while waiting for batch 1 of epoch 0", e.getMessage());
            }
            assertTrue(Thread.interrupted(), "the interrupt is passed on");
            assertArrayEquals(batches(OPTIONS, 0, 0).get(2), epoch.next());
        }
    }

    @Test
    void stackedSamplesBecomeATensor() {
        var samples = Dataset.of(List.of(new float[] {1, 2}, new float[] {3, 4}, new float[] {5, 6}))
                .subset(2, 0);
        try (var loader = new DataLoader<>(samples, Collator.stacking(1, 2), LoaderOptions.batchesOf(2))) {
            var tensor = loader.epoch(0).next().toTensor(Device.cpu());
            assertEquals(Shape.of(2, 1, 2), tensor.shape());
            assertArrayEquals(new float[] {5, 6, 1, 2}, tensor.toArray());
        }
        assertThrows(IndexOutOfBoundsException.class, () -> samples.subset(2));
    }

    @Test
    void optionsAreChecked() {
        var error = assertThrows(IllegalArgumentException.class, () -> LoaderOptions.batchesOf(0));
        assertEquals(
                "A data loader needs a batch size of 1 or more, 0 or more workers and a prefetch of 1 or more, but was "
                        + "given 0, 1 and 2",
                error.getMessage());
        assertEquals(
                7,
                LoaderOptions.batchesOf(1)
                        .sampler((size, epoch) -> new int[] {7})
                        .sampler()
                        .order(9, 0)[0]);
        assertEquals(
                List.of(0, 1, 2),
                Arrays.stream(Sampler.sequential().order(3, 5)).boxed().toList());
    }
}
