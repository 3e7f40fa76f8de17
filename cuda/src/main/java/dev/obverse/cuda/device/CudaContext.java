package dev.obverse.cuda.device;

import dev.obverse.backend.StepKernels;
import dev.obverse.backend.Storage;
import dev.obverse.tensor.Device;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The one owner of a card: its memory, its stream, its errors. Kernels of any thread come through {@link #run}, one
 * after the other: a card has one stream, and the handles of cuBLAS and cuDNN serve one caller at a time. Starting work
 * takes microseconds, so callers hardly wait for each other.
 */
public final class CudaContext {
    /** Work on the card. */
    @FunctionalInterface
    public interface Work {
        void run();
    }

    private final Device device;
    private final Card card;
    private final DevicePool pool;
    private final Staging staging;
    private final LateReads lateReads;
    private final Set<KeptCopy> copies = ConcurrentHashMap.newKeySet();
    private final boolean debug;
    private @Nullable Profile profile;
    private boolean recording;
    private long recordings;
    private long transfers;
    private final ReentrantLock lock = new ReentrantLock();

    /**
     * @param debug wait after each piece of work, so that an error names the kernel that made it; remember who asked
     *     for memory
     */
    public CudaContext(Device device, Card card, boolean debug) {
        this.device = device;
        this.card = card;
        this.debug = debug;
        pool = new DevicePool(card, device.toString(), debug);
        staging = new Staging(card);
        lateReads = new LateReads(this);
    }

    public Device device() {
        return device;
    }

    public Card card() {
        return card;
    }

    public DevicePool pool() {
        return pool;
    }

    /**
     * Runs {@code work} with the card bound and nobody else using it.
     *
     * @param what the kernel, for errors
     * @param spec its shapes, for errors
     * @throws CudaException naming the call that failed, {@code what} and {@code spec}
     */
    public void run(String what, Object spec, Work work) {
        lock.lock();
        try {
            card.bind();
            var timed = profile;
            if (timed != null && lock.getHoldCount() == 1) {
                timed.run(what, work);
            } else {
                work.run();
            }
            if (debug) {
                card.synchronize();
            }
        } catch (OutOfDeviceMemoryException e) {
            throw e;
        } catch (CudaException e) {
            throw new CudaException(e, what + " " + spec + " on " + device);
        } finally {
            lock.unlock();
            // The work knows its tensors by address only from some point on; collected before its last kernel has been
            // started, their memory could become that kernel's scratch.
            Reference.reachabilityFence(work);
        }
    }

    /** The address behind a tensor's memory, for reading and writing. */
    public long address(Storage storage) {
        var cuda = CudaStorage.of(this, storage);
        cuda.copy().drop();
        return cuda.address();
    }

    /** Makes a copy in another form. */
    @FunctionalInterface
    public interface Copying {
        void copy(long from, long to);
    }

    /**
     * Calls {@code work} with the address of a tensor's elements in another form, which it must not change. They are
     * made once and stay until the tensor's own {@link #address} is asked for. Only within {@link #run}.
     *
     * @param form what the copy depends on beside the elements
     */
    public void withCopy(Storage storage, Object form, long bytes, Copying copying, LongConsumer work) {
        var cuda = CudaStorage.of(this, storage);
        long copy = cuda.copy().in(form);
        if (copy == 0) {
            copy = pool.take(bytes);
            try {
                copying.copy(cuda.address(), copy);
            } catch (RuntimeException e) {
                pool.give(copy);
                throw e;
            }
            cuda.copy().keep(form, copy);
        }
        work.accept(copy);
    }

    /** Recorded work writes to tensors without asking for their addresses again, and has its own memory. */
    void dropCopies() {
        copies.forEach(KeptCopy::drop);
    }

    // ---- recording

    /** Whether every kernel is waited for, so that nothing can be recorded. */
    public boolean isDebugging() {
        return debug;
    }

    /** Runs {@code work}, of whose kernels there may be many, with nobody else using the card in between. */
    void exclusively(Work work) {
        lock.lock();
        try {
            card.bind();
            work.run();
        } finally {
            lock.unlock();
        }
    }

    /** While it is true, a transfer between this machine and the card fails. */
    void recording(boolean recording) {
        this.recording = recording;
    }

    void countRecording() {
        recordings++;
    }

    /** Number of times that work was recorded. */
    public long recordings() {
        return recordings;
    }

    /** Number of transfers between this machine and the card so far. */
    long transfers() {
        return transfers;
    }

    /** Fails while work is being recorded. */
    void countTransfer(String what) {
        if (recording) {
            throw new NotRecordableException(what);
        }
        transfers++;
    }

    /** From now on the time of every kernel is taken; an earlier profile is closed. */
    public Profile profile() {
        var fresh = new Profile(card);
        run("profile", device, () -> profile = fresh);
        return fresh;
    }

    /** Starts reading floats; the result waits for them. */
    public StepKernels.Reading readLater(Storage source) {
        return lateReads.start(source);
    }

    // ---- memory

    public Storage allocate(int length) {
        var storage = new CudaStorage[1];
        run(
                "allocate",
                length,
                () -> storage[0] = new CudaStorage(this, pool.take(4L * length), length, new KeptCopy(pool, copies)));
        return storage[0];
    }

    public void release(Storage storage) {
        CudaStorage.of(this, storage).release();
    }

    /** Memory for the duration of some work, which is called with its address. Only within {@link #run}. */
    public void withScratch(long bytes, LongConsumer work) {
        long address = pool.take(bytes);
        try {
            work.accept(address);
        } finally {
            pool.give(address);
        }
    }

    public void write(float[] source, Storage target) {
        transfer("write", target, () -> staging.write(address(target), bytes(target), Staging.floats(source)));
    }

    public void write(double[] source, Storage target) {
        transfer("write", target, () -> staging.write(address(target), bytes(target), Staging.rounded(source)));
    }

    /** Only within {@link #run}. */
    public void write(int[] source, long target) {
        countTransfer("indices are sent to the card");
        staging.write(target, 4L * source.length, Staging.ints(source));
    }

    public void read(Storage source, float[] target) {
        transfer(
                "read",
                source,
                () -> staging.read(
                        address(source),
                        bytes(source),
                        (from, part) ->
                                MemorySegment.copy(part, ValueLayout.JAVA_FLOAT, 0, target, (int) (from / 4), (int)
                                        (part.byteSize() / 4))));
    }

    public void read(Storage source, double[] target) {
        transfer(
                "read",
                source,
                () -> staging.read(address(source), bytes(source), (from, part) -> {
                    for (int i = 0; i < part.byteSize() / 4; i++) {
                        target[(int) (from / 4) + i] = part.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                    }
                }));
    }

    /** Only within {@link #run}. */
    public void read(long source, int[] target) {
        countTransfer("indices are read from the card");
        staging.read(
                source,
                4L * target.length,
                (from, part) -> MemorySegment.copy(
                        part, ValueLayout.JAVA_INT, 0, target, (int) (from / 4), (int) (part.byteSize() / 4)));
    }

    /** Only within {@link #run}. */
    public double readDouble(long source) {
        countTransfer("a number is read from the card");
        var value = new double[1];
        staging.read(source, 8, (_, part) -> value[0] = part.get(ValueLayout.JAVA_DOUBLE, 0));
        return value[0];
    }

    private void transfer(String what, Storage storage, Work work) {
        run(what, storage.length() + " elements", () -> {
            countTransfer(what.equals("read") ? "a tensor is read" : "a tensor is made of values of this machine");
            work.run();
        });
    }

    private static long bytes(Storage storage) {
        return 4L * storage.length();
    }

    /** Gives the card back; tensors on it can no longer be used. */
    public void close() {
        run("close", device, () -> {
            staging.close();
            lateReads.close();
            dropCopies();
            pool.trim();
        });
        card.close();
    }
}
