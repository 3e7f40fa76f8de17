package dev.obverse.benchmarks.work;

/** A {@link Work} that one library has made ready: its inputs are in memory, in the layout it likes best. */
public interface Task {
    /** Does the work once. This is what is timed. */
    void run();

    /**
     * Does the work once more, from the inputs that all libraries share.
     *
     * @return the result, or figures that follow from all of it, in the order of this library's layouts
     */
    float[] result();
}
