package dev.obverse.benchmarks.side;

import dev.obverse.benchmarks.work.Task;
import dev.obverse.benchmarks.work.Work;
import java.util.List;
import java.util.Map;

/**
 * A library that is measured. An instance is made in the process that compares, and another in the library's own, which
 * alone may load natives.
 */
public interface Side {
    /** For the table, {@code libtorch/mkl} for instance. */
    String name();

    /** The settings in which it can do this work, such as layouts; the fastest counts. Empty if it cannot do it. */
    List<String> settings(Work work);

    /** Environment of the library's process. */
    Map<String, String> environment(int threads);

    /** Options of its JVM. */
    List<String> jvmOptions(int threads);

    /** In the library's process: sets its number of threads, once, before anything else. */
    void start(int threads);

    /** In the library's process: makes the work ready. */
    Task prepare(Work work, String setting);
}
