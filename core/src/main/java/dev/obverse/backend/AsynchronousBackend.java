package dev.obverse.backend;

import java.util.Map;

/**
 * A backend whose kernels may still be running when their calls have returned. Reading a value waits for all of them;
 * {@link StepKernels} are for a training step that waits for nothing.
 */
public interface AsynchronousBackend extends Backend {
    StepKernels steps();

    /** Where the device's time goes. */
    interface Profile {
        /** Milliseconds since the last call, by kernel, and {@code "between"}, when none ran. Waits for the device. */
        Map<String, Double> take();
    }

    /** From now on the time of every kernel is taken, which itself takes time; another profile ends. */
    Profile profile();
}
