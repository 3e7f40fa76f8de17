package dev.obverse.nn.train;

/** Watches a training run, and may end it. */
public interface TrainListener {
    /**
     * After each optimiser step, with the gradients already cleared; write a checkpoint here if it is time. On a card
     * the step after the reported one has been started by then, and is part of a checkpoint.
     */
    default void onStep(StepReport report) {}

    /** After each epoch, with its number from 0. */
    default void onEpoch(long epoch) {}

    /** Asked after each step; the run ends when any listener says yes. */
    default boolean shouldStop(long steps) {
        return false;
    }
}
