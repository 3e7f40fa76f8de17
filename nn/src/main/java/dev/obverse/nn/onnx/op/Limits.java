package dev.obverse.nn.onnx.op;

/**
 * How large a result may become. A few bytes of a file can ask for any amount of memory, so operators whose result does
 * not follow from the size of their inputs ask first.
 */
public final class Limits {
    /** While a graph is read: constants computed from constants stay small. */
    private static final long FOLDING = 1 << 20;

    /** In a forward pass: a quarter of the heap in float32, at most 2^30 elements. */
    private static final long RUNNING = Math.min(1L << 30, Runtime.getRuntime().maxMemory() / 16);

    private static final ScopedValue<Boolean> IS_FOLDING = ScopedValue.newInstance();

    private Limits() {}

    /**
     * Thrown when a constant would be too large to be computed while the graph is read; it is computed in each pass.
     */
    public static final class TooLarge extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        TooLarge(String message) {
            super(message);
        }
    }

    /** Runs work under the stricter limit. */
    public static <T> T folding(ScopedValue.CallableOp<T, RuntimeException> work) {
        return ScopedValue.where(IS_FOLDING, true).call(work);
    }

    /** Throws if a result of so many elements is not to be computed. */
    public static void check(long elements) {
        long limit = IS_FOLDING.orElse(false) ? FOLDING : RUNNING;
        if (elements > limit) {
            throw new TooLarge("its result would have " + elements + " elements, more than the " + limit
                    + " that are allowed here");
        }
    }

    /** The extents of a result, which must be allowed. */
    public static int[] extents(long... extents) {
        long size = 1;
        var result = new int[extents.length];
        for (int i = 0; i < extents.length; i++) {
            if (extents[i] < 0 || extents[i] > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("an extent of its result would be " + extents[i]);
            }
            size = Math.multiplyExact(Math.max(size, 1), Math.max(extents[i], 1));
            check(size);
            result[i] = (int) extents[i];
        }
        return result;
    }
}
