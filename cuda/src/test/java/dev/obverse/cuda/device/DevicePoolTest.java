package dev.obverse.cuda.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.tensor.Device;
import java.util.ArrayDeque;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class DevicePoolTest {
    private static final int MIB = 1 << 20;

    private final FakeCard card = new FakeCard(10 * MIB);
    private final DevicePool pool = new DevicePool(card, "cuda:0", false);

    @Property
    void sizesWasteAtMostAnEighth(@ForAll @LongRange(min = 0, max = 1L << 40) long bytes) {
        long size = DevicePool.rounded(bytes);
        assertTrue(size >= bytes && size >= 512);
        assertEquals(0, size % 512);
        assertTrue(size <= Math.max(512 + bytes, bytes + bytes / 8), bytes + " became " + size);
        assertEquals(size, DevicePool.rounded(size));
    }

    @Test
    void whatComesBackIsHandedOutAgain() {
        long a = pool.take(1000);
        pool.give(a);
        assertEquals(a, pool.take(900));
        var s = pool.statistics();
        assertEquals(1, s.allocated());
        assertEquals(1, s.hits());
        assertEquals(1024, s.liveBytes());
        assertEquals(0, s.pooledBytes());
        assertThrows(IllegalStateException.class, () -> {
            pool.give(a);
            pool.give(a);
        });
    }

    @Test
    void whatWaitsIsFreedBeforeGivingUp() {
        pool.give(pool.take(6 * MIB));
        pool.take(5 * MIB);
        assertEquals(1, card.blocks.size());
        assertEquals(0, pool.statistics().pooledBytes());
        assertTrue(card.synchronizations > 0, "work on freed memory is waited for");
    }

    @Test
    void theErrorSaysWhoAskedWhatIsInUseAndWhatToLower() {
        pool.take(6 * MIB);
        var error = assertThrows(OutOfDeviceMemoryException.class, () -> pool.take(7 * MIB));
        var message = String.valueOf(error.getMessage());
        assertTrue(message.startsWith("cuda:0 is out of memory: "), message);
        assertTrue(message.contains("asked for 7.0 MiB, tensors hold 6.0 MiB, 0 B lie in the pool"), message);
        assertTrue(message.contains("4.0 MiB of 10.0 MiB are free"), message);
        assertTrue(message.contains("lower --batch"), message);
        assertEquals(6 * MIB, pool.statistics().liveBytes(), "nothing was lost");
    }

    @Test
    void whatTheCollectorFindsIsUsedBeforeGivingUp() {
        var context = new CudaContext(Device.cuda(0), card, false);
        for (int i = 0; i < 20; i++) {
            context.allocate(MIB); // 4 MiB each, dropped at once
        }
        assertTrue(context.pool().statistics().allocated() <= 20);
        assertTrue(card.used <= card.capacity);
    }

    @Test
    void memoryThatComesBackInBlocksTooSmallIsGivenUpOnInTheEnd() {
        var pools = new DevicePool[1];
        var held = new ArrayDeque<Long>();
        var full = new FakeCard(8 * MIB) {
            @Override
            public long allocate(long bytes) {
                if (bytes > MIB && !held.isEmpty()) {
                    pools[0].give(held.pop()); // as the collector does, while the caller waits for room
                }
                return super.allocate(bytes);
            }
        };
        pools[0] = new DevicePool(full, "cuda:0", false);
        for (int i = 0; i < 8; i++) {
            held.push(pools[0].take(MIB));
        }
        assertThrows(OutOfDeviceMemoryException.class, () -> pools[0].take(9 * MIB));
    }

    @Test
    void otherFailuresAreNotTakenForFullMemory() {
        var broken = new FakeCard(0) {
            @Override
            public long allocate(long bytes) {
                throw new CudaException("cuMemAlloc", 719, "unspecified launch failure");
            }
        };
        var error = assertThrows(CudaException.class, () -> new DevicePool(broken, "cuda:0", false).take(1));
        assertEquals(719, error.status());
    }

    @Test
    void leaksAreListedByWhoAsked() {
        var remembering = new DevicePool(card, "cuda:0", true);
        remembering.take(3000);
        remembering.take(1000);
        var report = remembering.leaks();
        assertEquals(1, report.lines().count(), report);
        assertTrue(report.startsWith("4.0 KiB in 2 blocks held by "), report);
        pool.take(1);
        assertTrue(pool.leaks().contains("-Dobverse.cuda.debug=true"), pool.leaks());
    }
}
