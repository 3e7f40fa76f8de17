package dev.obverse.backend;

import dev.obverse.backend.OptimizerKernels.Adam;
import java.util.List;
import java.util.Optional;

/**
 * The end of a training step on a device that computes beside its caller: what the caller would have to wait for, to
 * decide something, the device decides itself, and what it must know, it reads later.
 */
public interface StepKernels {
    /** Numbers of an update that {@link #adam} reads for each array. */
    int RATES = 8;

    /** In a gate: the gradient's length before clipping. */
    int NORM = 0;

    /** In a gate: the factor on the gradient; NaN once something was not finite, and it stays NaN. */
    int FACTOR = 1;

    /** In a gate: the first of the losses. */
    int LOSSES = 2;

    /**
     * Measures a gradient and decides whether it may change anything.
     *
     * @param gradients the arrays it consists of; their Euclidean length is taken over all of them
     * @param losses single numbers, which are copied into the gate; the first, the sum, must be finite
     * @param scale factor on the gradient, for its length too
     * @param maxNorm length to which a longer one is shortened, as {@code min(1, maxNorm / (norm + 1e-6))}
     * @param gate {@link #NORM}, {@link #FACTOR} and {@link #LOSSES}; a new one is 0 and 1, then anything
     */
    void gate(List<Storage> gradients, List<Storage> losses, double scale, double maxNorm, Storage gate);

    /** What an update changes, {@code n} elements each. */
    record AdamArrays(Storage w, Storage gradient, Storage firstMoment, Storage secondMoment, int n) {}

    /** Sends the numbers of the next update to the device; the factors on gradients are not among them. */
    void rates(List<Adam> specs, Storage rates);

    /**
     * {@link OptimizerKernels#adam} of many arrays at once, each with the {@link #rates} of its place in the list and
     * with the gate's factor on all gradients; nothing changes if that is NaN.
     */
    void adam(List<AdamArrays> arrays, Storage rates, Storage gate);

    /** What an average takes in, {@code n} elements each. */
    record EmaArrays(Storage w, Storage average, int n) {}

    /** {@link OptimizerKernels#ema} of many arrays at once; nothing changes if the gate's factor is NaN. */
    void ema(double decay, List<EmaArrays> arrays, Storage gate);

    /** Values on their way from the device. */
    interface Reading {
        /** Waits until they are there. */
        float[] get();
    }

    /** Starts reading what the device will have computed when it has done everything asked of it so far. */
    Reading read(Storage storage);

    /**
     * Work of fixed shapes that is done over and over on the same memory. A device may record what it does the first
     * times, and then do that again without asking.
     */
    interface Repeated extends AutoCloseable {
        /** Does the work once. The caller must not rely on {@code work} being called. */
        void run(Runnable work);

        /** Forgets what was recorded, and gives its memory back. */
        @Override
        void close();
    }

    /** Nothing where recording is not wanted or not possible. */
    Optional<Repeated> repeated();
}
