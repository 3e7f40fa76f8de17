package dev.obverse.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.obverse.backend.Backend;
import dev.obverse.backend.cpu.Workers;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.TensorScope;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs the whole catalogue on one device. Of each case it asks: forward and gradients as close to the reference device
 * as {@link Scale} says; no input modified; and the same bits again inside a {@link TensorScope}, in memory full of
 * NaN, and at every number of threads.
 */
@Tag("contract")
public abstract class BackendContract {
    /** The device to test. */
    protected abstract Device device();

    /**
     * Numbers of threads that must make no difference; one where the device does not compute on this machine's cores.
     */
    protected int[] threadCounts() {
        return new int[] {1, 2, 5};
    }

    /** How exactly the device multiplies. */
    protected Arithmetic arithmetic() {
        return Arithmetic.FLOAT32;
    }

    @TestFactory
    Stream<DynamicTest> ops() {
        var backend = device().backend();
        var arithmetic = arithmetic();
        return OpCatalogue.ops().stream()
                .map(c -> named(c.name(), () -> check(c, backend, arithmetic.row(c), threadCounts())));
    }

    @TestFactory
    Stream<DynamicTest> kernels() {
        var backend = device().backend();
        var arithmetic = arithmetic();
        return OpCatalogue.kernels().stream()
                .map(c -> named(c.name(), () -> check(c, backend, arithmetic.error(c), threadCounts())));
    }

    /** A server calls the library from many threads: each gets what it would get alone. */
    @Test
    void manyThreadsAtOnce() throws InterruptedException {
        var backend = device().backend();
        var some = OpCatalogue.ops().stream()
                .filter(c -> c.name().hashCode() % 8 == 0)
                .toList();
        var alone = some.stream().map(c -> Run.of(c, backend)).toList();
        var failures = new ConcurrentLinkedQueue<Throwable>();
        var threads = new ArrayList<Thread>();
        for (int t = 0; t < 4; t++) {
            int first = t * some.size() / 4;
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 0; i < some.size(); i++) {
                        int at = (first + i) % some.size();
                        try (var _ = TensorScope.open()) {
                            Run.of(some.get(at), backend).assertSameBits(alone.get(at), "beside other threads");
                        }
                    }
                } catch (Throwable e) {
                    failures.add(e);
                }
            }));
        }
        for (var thread : threads) {
            thread.join();
        }
        assertEquals(List.of(), List.copyOf(failures));
    }

    /** Reports number the tests; an exception from a kernel says which case it was. */
    private static DynamicTest named(String name, Runnable check) {
        return DynamicTest.dynamicTest(name, () -> {
            try {
                check.run();
            } catch (RuntimeException e) {
                throw new AssertionError(name + " failed: " + e, e);
            }
        });
    }

    static void check(Case c, Backend backend, int... threadCounts) {
        check(c, backend, Arithmetic.FLOAT32.row(c), threadCounts);
    }

    private static void check(Case c, Backend backend, Arithmetic.Row row, int... threadCounts) {
        var run = Run.of(c, backend);
        run.assertClose(Run.of(c, Device.reference().backend()), row);
        try (var _ = TensorScope.open()) {
            Run.of(c, backend).assertSameBits(run, "inside a TensorScope");
            Run.of(c, backend).assertSameBits(run, "in memory that was used before");
        }
        try (var _ = TensorScope.open()) {
            Run.of(c, Poisoned.backend(backend)).assertSameBits(run, "in memory full of NaN");
        }
        withThreads(threadCounts, threads -> Run.of(c, backend).assertSameBits(run, "with " + threads + " threads"));
    }

    static void check(KernelCase c, Backend backend, int... threadCounts) {
        check(c, backend, 0, threadCounts);
    }

    private static void check(KernelCase c, Backend backend, double error, int... threadCounts) {
        var arrays = c.run().apply(backend);
        assertClose(c, arrays, error);
        assertSameBits(c, arrays, Poisoned.backend(backend), "in memory full of NaN");
        withThreads(threadCounts, threads -> assertSameBits(c, arrays, backend, "with " + threads + " threads"));
    }

    /** As close as float32 is, and as {@code error} times the largest value allows beyond that. */
    static void assertClose(KernelCase c, List<double[]> arrays, double error) {
        var expected = c.run().apply(Device.reference().backend());
        for (int a = 0; a < arrays.size(); a++) {
            double largest = 0;
            for (double v : expected.get(a)) {
                largest = Math.max(largest, Math.abs(v));
            }
            double limit = Scale.limit(c.terms(), largest) + error * largest;
            assertArrayEquals(expected.get(a), arrays.get(a), limit, c.name() + ", array " + a);
        }
    }

    private static void assertSameBits(KernelCase c, List<double[]> arrays, Backend backend, String difference) {
        var again = c.run().apply(backend);
        for (int a = 0; a < arrays.size(); a++) {
            assertArrayEquals(arrays.get(a), again.get(a), c.name() + ", array " + a + " differs " + difference);
        }
    }

    private interface AtThreads {
        void run(int threads);
    }

    private static void withThreads(int[] threadCounts, AtThreads body) {
        int before = Workers.threads();
        try {
            for (int threads : threadCounts) {
                Workers.setThreads(threads);
                body.run(threads);
            }
        } finally {
            Workers.setThreads(before);
        }
    }
}
