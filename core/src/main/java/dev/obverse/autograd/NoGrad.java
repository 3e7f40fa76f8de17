package dev.obverse.autograd;

/**
 * Switches recording off on this thread until closed: {@code try (var _ = NoGrad.open()) { ... }}. Operations inside
 * cost no memory beyond their results, and their results do not require gradients.
 */
public final class NoGrad implements AutoCloseable {
    private static final ThreadLocal<Boolean> RECORDING = ThreadLocal.withInitial(() -> true);

    private final boolean before;

    private NoGrad(boolean before) {
        this.before = before;
    }

    public static NoGrad open() {
        var guard = new NoGrad(RECORDING.get());
        RECORDING.set(false);
        return guard;
    }

    /** Whether this thread records operations now. */
    public static boolean isRecording() {
        return RECORDING.get();
    }

    @Override
    public void close() {
        RECORDING.set(before);
    }
}
