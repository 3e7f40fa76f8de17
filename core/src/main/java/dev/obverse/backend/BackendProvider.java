package dev.obverse.backend;

import java.util.List;

/** How a module offers a kind of device; found by {@link java.util.ServiceLoader}. */
public interface BackendProvider {
    /** The device kind in text, {@code "cuda"} for instance. */
    String kind();

    /** Number of usable devices; 0 where there is none. Never throws. */
    int deviceCount();

    /**
     * Opens a device.
     *
     * @throws IllegalStateException with one sentence that says why the device cannot be used and what to do
     */
    Backend open(int index);

    /**
     * One thing that a device needs.
     *
     * @param subject what it is
     * @param fine whether it is there and works
     * @param text what was found where, or what is missing and how to mend it
     */
    record Finding(String subject, boolean fine, String text) {}

    /** Everything that devices of this kind need, for people who wonder why one does not work. Never throws. */
    List<Finding> diagnose();
}
