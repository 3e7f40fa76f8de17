package dev.obverse.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.obverse.backend.Backend;
import dev.obverse.backend.Storage;
import dev.obverse.backend.reference.ReferenceBackend;
import dev.obverse.random.Philox;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Runs kernels on both sets of loops, at one and at three threads, in memory full of NaN, and on the double-precision
 * reference.
 */
final class AgainstReference {
    private AgainstReference() {}

    /** A block with these values. */
    static Storage block(Backend backend, float... values) {
        var storage = backend.memory().allocate(values.length);
        backend.memory().write(values, storage);
        return storage;
    }

    /** A block of normal values, the same on every backend. */
    static Storage normal(Backend backend, int stream, int length) {
        var values = new float[length];
        new Philox(3, stream).fillNormal(values, 0, 1);
        return block(backend, values);
    }

    /**
     * Fails unless what {@code kernel} writes is within {@code tolerance} of the reference, relative to the largest
     * value of the block, and has the same bits at any number of threads.
     */
    static void check(double tolerance, Function<Backend, List<Storage>> kernel) {
        var reference = new ReferenceBackend();
        var expected = read(reference, kernel);
        for (boolean vector : new boolean[] {true, false}) {
            var cpu = new CpuBackend(vector, ConvAlgorithm.AUTO, new ArrayPool(1 << 28, true));
            var alone = at(1, cpu, kernel);
            var together = at(3, cpu, kernel);
            for (int k = 0; k < expected.size(); k++) {
                close(cpu.description() + ", result " + k, tolerance, expected.get(k), alone.get(k));
                assertEquals(
                        Arrays.hashCode(alone.get(k)),
                        Arrays.hashCode(together.get(k)),
                        cpu.description() + ", result " + k + " depends on the number of threads");
            }
        }
    }

    private static List<double[]> at(int threads, Backend backend, Function<Backend, List<Storage>> kernel) {
        int before = Workers.threads();
        Workers.setThreads(threads);
        try {
            return read(backend, kernel);
        } finally {
            Workers.setThreads(before);
        }
    }

    private static List<double[]> read(Backend backend, Function<Backend, List<Storage>> kernel) {
        return kernel.apply(backend).stream()
                .map(storage -> {
                    var values = new double[storage.length()];
                    backend.memory().read(storage, values);
                    return values;
                })
                .toList();
    }

    private static void close(String what, double tolerance, double[] expected, double[] actual) {
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        assertEquals(expected.length, actual.length, what);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], tolerance * largest, what + ", element " + i);
        }
    }
}
