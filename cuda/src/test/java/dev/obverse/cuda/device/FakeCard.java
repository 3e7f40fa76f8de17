package dev.obverse.cuda.device;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A card that only fails: for what happens when memory runs out or a launch goes wrong, never for numbers. */
class FakeCard implements Card {
    final long capacity;
    final Set<Long> blocks = new HashSet<>();
    long used;
    int launchStatus;
    int synchronizations;
    boolean recording;
    int recordStatus;
    int replays;
    int forgotten;
    private long next = 0x1000;
    private final Map<Long, Long> sizes = new HashMap<>();

    FakeCard(long capacity) {
        this.capacity = capacity;
    }

    @Override
    public String description() {
        return "cuda:0 (a fake)";
    }

    @Override
    public String architecture() {
        return "sm_0";
    }

    @Override
    public void bind() {}

    @Override
    public long allocate(long bytes) {
        if (used + bytes > capacity) {
            throw new CudaException("cuMemAlloc", CudaException.OUT_OF_MEMORY, "out of memory");
        }
        used += bytes;
        long address = next;
        next += bytes;
        blocks.add(address);
        sizes.put(address, bytes);
        return address;
    }

    @Override
    public void free(long address) {
        if (!blocks.remove(address)) {
            throw new CudaException("cuMemFree", 1, "invalid value");
        }
        used -= sizes.getOrDefault(address, 0L);
    }

    @Override
    public long[] memory() {
        return new long[] {capacity - used, capacity};
    }

    @Override
    public long allocatePinned(long bytes) {
        throw new CudaException("cuMemAllocHost", CudaException.OUT_OF_MEMORY, "out of memory");
    }

    @Override
    public void freePinned(long address) {}

    @Override
    public void copyIn(long pinned, long address, long bytes) {}

    @Override
    public void copyOut(long address, long pinned, long bytes) {}

    @Override
    public void clear(long address, long bytes) {}

    @Override
    public void mark(int mark) {}

    @Override
    public void await(int mark) {}

    @Override
    public void synchronize() {
        synchronizations++;
    }

    @Override
    public long[] load(byte[] image, String... functions) {
        return new long[functions.length];
    }

    @Override
    public void launch(long function, int grid, int gridY, int blockX, int blockY, long parameters) {
        if (launchStatus != 0) {
            throw new CudaException("cuLaunchKernel", launchStatus, "an illegal memory access was encountered");
        }
    }

    @Override
    public void close() {}

    @Override
    public void beginRecording() {
        recording = true;
    }

    @Override
    public long endRecording() {
        recording = false;
        if (recordStatus != 0) {
            throw new CudaException("cuStreamEndCapture", recordStatus, "the capture was invalidated");
        }
        return 1;
    }

    @Override
    public void abandonRecording() {
        recording = false;
    }

    @Override
    public void replay(long recording) {
        replays++;
    }

    @Override
    public void forget(long recording) {
        forgotten++;
    }

    @Override
    public long time() {
        return 0;
    }

    @Override
    public double between(long first, long second) {
        return 0;
    }
}
