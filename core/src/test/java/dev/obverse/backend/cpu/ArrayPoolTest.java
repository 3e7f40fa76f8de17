package dev.obverse.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class ArrayPoolTest {
    @Test
    void lengthsAreRoundedUpByAnEighthAtMost() {
        for (int length = 1; length < 3_000_000; length += 1 + length / 97) {
            int rounded = ArrayPool.rounded(length);
            assertTrue(rounded >= length && rounded <= length * 1.125, length + " became " + rounded);
            assertEquals(rounded, ArrayPool.rounded(rounded));
        }
        assertTrue(ArrayPool.rounded(Integer.MAX_VALUE - 100) >= Integer.MAX_VALUE - 100);
        // The tensors of a network have such sizes: nothing is wasted on them.
        assertEquals(8 * 128 * 128 * 64, ArrayPool.rounded(8 * 128 * 128 * 64));
        assertEquals(3 * 128 * 128, ArrayPool.rounded(3 * 128 * 128));
    }

    @Test
    void theLastArrayGivenBackIsTheFirstHandedOut() {
        var pool = new ArrayPool(1 << 20, false);
        var first = pool.take(5000);
        var second = pool.take(5000);
        pool.give(first);
        pool.give(second);
        assertSame(second, pool.take(5001));
        assertSame(first, pool.take(4999));
        assertNotSame(first, pool.take(5000));
        assertEquals(new ArrayPool.Statistics(3, 2, 0), pool.statistics());
    }

    @Test
    void beyondItsCapacityThePoolForgetsTheSizesLeastRecentlyAskedFor() {
        var pool = new ArrayPool(4 * 10_240, false);
        var old = pool.take(4096);
        pool.give(old);
        var recent = pool.take(2048);
        pool.give(recent);
        assertEquals(4 * 6144, pool.statistics().pooledBytes());
        pool.give(pool.take(8192));
        assertEquals(4 * 10_240, pool.statistics().pooledBytes());
        assertSame(recent, pool.take(2048));
        assertNotSame(old, pool.take(4096));
        pool.give(new float[20_000]);
        assertEquals(4 * 8192, pool.statistics().pooledBytes());
        // Nobody would ever get this one: requests are rounded up.
        pool.give(new float[2049]);
        assertEquals(4 * 8192, pool.statistics().pooledBytes());
    }

    @Test
    void poisonShowsWhatWasNeverWrittenAndWhatIsUsedAfterItsRelease() {
        var pool = new ArrayPool(1 << 20, true);
        for (int length : new int[] {3, 3000}) {
            var array = pool.take(length);
            assertTrue(Float.isNaN(array[0]) && Float.isNaN(array[length - 1]));
            array[1] = 5;
            pool.give(array);
            assertTrue(Float.isNaN(array[1]));
        }
    }

    @Test
    void noArrayHasTwoOwners() throws InterruptedException {
        var pool = new ArrayPool(1 << 24, false);
        var owned = ConcurrentHashMap.<float[]>newKeySet();
        var clashes = new AtomicInteger();
        var done = new CountDownLatch(4);
        for (int t = 0; t < 4; t++) {
            int seed = t;
            Thread.startVirtualThread(() -> {
                for (int i = 0; i < 1000; i++) {
                    var array = pool.take(1024 + (i * 31 + seed) % 3 * 2048);
                    if (!owned.add(array)) {
                        clashes.incrementAndGet();
                    }
                    LockSupport.parkNanos(1);
                    owned.remove(array);
                    pool.give(array);
                }
                done.countDown();
            });
        }
        done.await();
        assertEquals(0, clashes.get());
    }
}
