package dev.obverse.cuda.device;

/**
 * What a card can do for us, in the driver's terms: the seam between this library and CUDA. Addresses are raw; work
 * runs in the order of the calls, on one stream.
 *
 * <p>Every method fails with a {@link CudaException} that names the driver's call.
 */
public interface Card extends AutoCloseable {
    /** For people: {@code cuda:0 (NVIDIA H100, compute 9.0)}. */
    String description();

    /** {@code sm_90}: what kernels are compiled for. */
    String architecture();

    /** Makes this card the current one of the calling thread; every other method relies on it. */
    void bind();

    /** Address of a new block. */
    long allocate(long bytes);

    void free(long address);

    /** Free bytes and all bytes of the card. */
    long[] memory();

    /** Address of a new block of this machine's memory that the card can read and write by itself. */
    long allocatePinned(long bytes);

    void freePinned(long address);

    /** Starts a copy from pinned memory to the card. */
    void copyIn(long pinned, long address, long bytes);

    /** Starts a copy from the card to pinned memory. */
    void copyOut(long address, long pinned, long bytes);

    /** Starts writing zeros. */
    void clear(long address, long bytes);

    /** Number of marks that {@link #mark} knows. */
    int MARKS = 8;

    /** Sets a mark behind all work so far. */
    void mark(int mark);

    /** Waits until the work before a mark is done; at once if it was never set. */
    void await(int mark);

    /** Waits until all work is done. */
    void synchronize();

    /** Handles of the named functions of a compiled module, in order. */
    long[] load(byte[] image, String... functions);

    /**
     * Starts a kernel.
     *
     * @param function from {@link #load}
     * @param blockX threads of a block, with {@code blockY}
     * @param parameters address of an array of addresses, one for each parameter, as {@code cuLaunchKernel} takes it
     */
    void launch(long function, int grid, int gridY, int blockX, int blockY, long parameters);

    /** From now on work is recorded instead of started. Nothing that waits may be called until the end. */
    void beginRecording();

    /** Ends it and returns a handle of what was recorded. */
    long endRecording();

    /** Ends a recording that went wrong and forgets it; never fails. */
    void abandonRecording();

    /** Starts what was recorded, once more. */
    void replay(long recording);

    void forget(long recording);

    /** Sets a mark that knows the time, behind all work so far, and returns its handle. */
    long time();

    /** Milliseconds of the card's time between two such marks, once all work is done; forgets the first. */
    double between(long first, long second);

    /** Gives everything back that belongs to the card; nothing may be called afterwards. */
    @Override
    void close();
}
