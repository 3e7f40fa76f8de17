package dev.obverse.benchmarks.work;

import dev.obverse.backend.Storage;

/** A kernel that overwrites one block of memory. */
record StorageTask(Storage target, Runnable kernel) implements Task {
    @Override
    public void run() {
        kernel.run();
    }

    @Override
    public float[] result() {
        kernel.run();
        return Inputs.values(target);
    }
}
