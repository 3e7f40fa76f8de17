package dev.obverse.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A lost wake-up or a forgotten piece would hang, hence the timeout. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkersTest {
    private final int before = Workers.threads();

    @AfterEach
    void restore() {
        Workers.setThreads(before);
    }

    @Test
    void everyPieceRunsOnce() {
        for (int threads : new int[] {1, 2, 3, 8, 2, 5}) {
            Workers.setThreads(threads);
            for (int pieces : new int[] {0, 1, 2, 3, 7, 1000}) {
                var runs = new AtomicIntegerArray(pieces);
                Workers.run(pieces, runs::incrementAndGet);
                for (int i = 0; i < pieces; i++) {
                    assertEquals(1, runs.get(i));
                }
            }
        }
    }

    /** Thousands of hand-overs with pauses about as long as a helper spins: each is a chance to lose a wake-up. */
    @Test
    void helpersComeBackFromSpinningAndFromSleep() throws Exception {
        Workers.setThreads(3);
        for (int round = 0; round < 3000; round++) {
            // Three pieces that wait for each other need three threads at once, woken ones included.
            if (round % 100 == 0) {
                var barrier = new CyclicBarrier(3);
                Workers.run(3, piece -> meet(barrier));
            }
            var sum = new AtomicInteger();
            Workers.run(5, sum::addAndGet);
            assertEquals(10, sum.get());
            long pause = System.nanoTime() + round % 60 * 1000L;
            while (System.nanoTime() < pause) {
                Thread.onSpinWait();
            }
            if (round % 500 == 0) {
                Thread.sleep(5);
            }
        }
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("the threads did not meet", e);
        }
    }

    @Test
    void whatPiecesWroteIsVisibleToTheCaller() {
        Workers.setThreads(4);
        for (int round = 0; round < 2000; round++) {
            var values = new int[64];
            Workers.run(64, piece -> values[piece] = piece + 1);
            for (int i = 0; i < 64; i++) {
                assertEquals(i + 1, values[i]);
            }
        }
    }

    @Test
    void anExceptionReachesTheCallerAndSkipsTheRest() {
        for (int threads : new int[] {1, 4}) {
            Workers.setThreads(threads);
            var ran = new AtomicInteger();
            var thrown = new IllegalArgumentException("piece 0");
            var caught = assertThrows(
                    IllegalArgumentException.class,
                    () -> Workers.run(100_000, piece -> {
                        if (ran.getAndIncrement() == 0) {
                            throw thrown;
                        }
                        Thread.onSpinWait();
                    }));
            assertSame(thrown, caught);
            assertTrue(ran.get() < 100_000);
            assertThrows(StackOverflowError.class, () -> Workers.run(4, piece -> endless(piece)));
            everyPieceOf(1000);
        }
    }

    @SuppressWarnings("InfiniteRecursion")
    private static int endless(int n) {
        return endless(n + 1) + 1;
    }

    @Test
    void aLoopInsideAPieceRunsOnItsThread() {
        Workers.setThreads(4);
        Workers.run(8, piece -> {
            var thread = Thread.currentThread();
            Workers.run(8, inner -> assertSame(thread, Thread.currentThread()));
        });
        // And afterwards the caller hands over again.
        var barrier = new CyclicBarrier(4);
        Workers.run(4, piece -> meet(barrier));
    }

    @Test
    void noMoreThreadsThanAllowedWorkOnOneLoop() {
        Workers.setThreads(8);
        var barrier = new CyclicBarrier(8);
        Workers.run(8, piece -> meet(barrier));
        Workers.setThreads(2);
        for (int round = 0; round < 200; round++) {
            Set<Thread> seen = ConcurrentHashMap.newKeySet();
            Workers.run(50, piece -> seen.add(Thread.currentThread()));
            assertTrue(seen.size() <= 2, seen.toString());
        }
        Workers.setThreads(1);
        Workers.run(50, piece -> assertFalse(Thread.currentThread().getName().startsWith("obverse-worker")));
    }

    @Test
    void manyCallersAtOnceVirtualOnesIncluded() throws InterruptedException {
        Workers.setThreads(3);
        int callers = 12;
        var failures = new AtomicInteger();
        var done = new CountDownLatch(callers);
        var threads = new ArrayList<Thread>();
        for (int c = 0; c < callers; c++) {
            var builder = c % 2 == 0 ? Thread.ofPlatform().daemon() : Thread.ofVirtual();
            threads.add(builder.start(() -> {
                for (int round = 0; round < 300; round++) {
                    var sum = new AtomicInteger();
                    Workers.run(20, sum::addAndGet);
                    if (sum.get() != 190) {
                        failures.incrementAndGet();
                    }
                }
                done.countDown();
            }));
        }
        done.await();
        assertEquals(0, failures.get());
        assertEquals(callers, threads.size());
    }

    /** While one caller's loop keeps a helper busy, another caller still finishes, and gets the idle helpers. */
    @Test
    void aLongLoopDoesNotHoldUpAnother() throws InterruptedException {
        Workers.setThreads(2);
        var release = new CountDownLatch(1);
        var started = new CountDownLatch(2);
        var other = Thread.ofPlatform()
                .start(() -> Workers.run(2, piece -> {
                    started.countDown();
                    awaitQuietly(release);
                }));
        started.await();
        // The only helper of a pool of two is taken: this thread does the work itself.
        everyPieceOf(50);
        Workers.setThreads(4);
        var barrier = new CyclicBarrier(3);
        Workers.run(3, piece -> meet(barrier));
        release.countDown();
        other.join();
    }

    private static void everyPieceOf(int pieces) {
        var count = new AtomicInteger();
        Workers.run(pieces, piece -> count.incrementAndGet());
        assertEquals(pieces, count.get());
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anInterruptedCallerStaysInterruptedAndFinishes() {
        Workers.setThreads(3);
        Thread.currentThread().interrupt();
        everyPieceOf(1000);
        assertTrue(Thread.interrupted());
    }

    @Test
    void zeroThreadsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Workers.setThreads(0));
    }
}
