package dev.obverse.nn;

/** Something that must be saved, and read back, for a training run to continue as if it had never stopped. */
public interface Stateful {
    /** The state as it is now; its tensors are the live ones, so write them before training goes on. */
    TrainState state();

    /**
     * Continues from a saved state.
     *
     * @throws IllegalArgumentException naming what is missing, unexpected or of the wrong shape; nothing has changed
     *     then
     */
    void restore(TrainState state);
}
