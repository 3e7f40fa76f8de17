package dev.obverse.backend;

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
}
