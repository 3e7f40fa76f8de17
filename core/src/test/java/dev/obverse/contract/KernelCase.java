package dev.obverse.contract;

import dev.obverse.backend.Backend;
import dev.obverse.backend.Storage;
import dev.obverse.random.Philox;
import java.util.List;
import java.util.function.Function;

/**
 * Direct calls of kernels.
 *
 * @param run calls kernels of the backend it is given, and returns everything that they wrote
 * @param terms most numbers added up for one element; errors are relative to the largest value of an array
 */
public record KernelCase(String name, int terms, Function<Backend, List<double[]>> run) {

    /** A block of normal values, the same on every backend. */
    static Storage normal(Backend backend, int stream, int length) {
        var values = new float[length];
        new Philox(7, stream).fillNormal(values, 0, 1);
        return block(backend, values);
    }

    static Storage block(Backend backend, float... values) {
        var storage = backend.memory().allocate(values.length);
        backend.memory().write(values, storage);
        return storage;
    }

    static double[] read(Backend backend, Storage storage) {
        var values = new double[storage.length()];
        backend.memory().read(storage, values);
        return values;
    }

    @Override
    public String toString() {
        return name;
    }
}
