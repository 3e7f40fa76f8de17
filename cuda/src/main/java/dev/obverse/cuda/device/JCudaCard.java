package dev.obverse.cuda.device;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import jcuda.runtime.cudaStream_t;

/**
 * A card through JCuda's driver API, in the card's primary context, which cuBLAS and cuDNN share.
 *
 * <p>The stream is not the default one: that could not be captured, and would wait for others.
 */
public final class JCudaCard implements Card {
    private final int index;
    private final CUdevice device = new CUdevice();
    private final CUcontext context = new CUcontext();
    private final CUstream stream = new CUstream();
    private final CUevent[] marks = new CUevent[MARKS];
    private final boolean[] marked = new boolean[MARKS];
    private final List<CUmodule> modules = new ArrayList<>();
    private final List<CUfunction> functions = new ArrayList<>();
    private final Map<Long, CUgraphExec> recordings = new HashMap<>();
    private final Map<Long, CUevent> times = new HashMap<>();
    private long handles;
    private final String name;
    private final int capability;

    /** JCuda's libraries must have been loaded. */
    public JCudaCard(int index) {
        this.index = index;
        check("cuInit", JCudaDriver.cuInit(0));
        check("cuDeviceGet", JCudaDriver.cuDeviceGet(device, index));
        check("cuDevicePrimaryCtxRetain", JCudaDriver.cuDevicePrimaryCtxRetain(context, device));
        bind();
        check("cuStreamCreate", JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING));
        for (int i = 0; i < MARKS; i++) {
            marks[i] = new CUevent();
            check("cuEventCreate", JCudaDriver.cuEventCreate(marks[i], CUevent_flags.CU_EVENT_DISABLE_TIMING));
        }
        var text = new byte[256];
        check("cuDeviceGetName", JCudaDriver.cuDeviceGetName(text, text.length, device));
        name = new String(text, StandardCharsets.UTF_8).replace("\0", "").strip();
        capability = 10 * attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
                + attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
    }

    private int attribute(int which) {
        var value = new int[1];
        check("cuDeviceGetAttribute", JCudaDriver.cuDeviceGetAttribute(value, which, device));
        return value[0];
    }

    private static void check(String call, int status) {
        Status.check(call, status, s -> {
            var text = new String[1];
            JCudaDriver.cuGetErrorString(s, text);
            return String.valueOf(text[0]);
        });
    }

    /** The stream, for cuBLAS and cuDNN. */
    public cudaStream_t stream() {
        return new cudaStream_t(stream);
    }

    @Override
    public String description() {
        return "cuda:" + index + " (" + name + ", compute " + capability / 10 + "." + capability % 10 + ")";
    }

    @Override
    public String architecture() {
        return "sm_" + capability;
    }

    @Override
    public void bind() {
        check("cuCtxSetCurrent", JCudaDriver.cuCtxSetCurrent(context));
    }

    @Override
    public long allocate(long bytes) {
        var pointer = new DeviceAddress();
        check("cuMemAlloc", JCudaDriver.cuMemAlloc(pointer, bytes));
        return pointer.address();
    }

    @Override
    public void free(long address) {
        check("cuMemFree", JCudaDriver.cuMemFree(new DeviceAddress(address)));
    }

    @Override
    public long[] memory() {
        var free = new long[1];
        var total = new long[1];
        check("cuMemGetInfo", JCudaDriver.cuMemGetInfo(free, total));
        return new long[] {free[0], total[0]};
    }

    @Override
    public long allocatePinned(long bytes) {
        var pointer = new Address();
        check("cuMemAllocHost", JCudaDriver.cuMemAllocHost(pointer, bytes));
        return pointer.address();
    }

    @Override
    public void freePinned(long address) {
        check("cuMemFreeHost", JCudaDriver.cuMemFreeHost(new Address(address)));
    }

    @Override
    public void copyIn(long pinned, long address, long bytes) {
        check(
                "cuMemcpyHtoDAsync",
                JCudaDriver.cuMemcpyHtoDAsync(new DeviceAddress(address), new Address(pinned), bytes, stream));
    }

    @Override
    public void copyOut(long address, long pinned, long bytes) {
        check(
                "cuMemcpyDtoHAsync",
                JCudaDriver.cuMemcpyDtoHAsync(new Address(pinned), new DeviceAddress(address), bytes, stream));
    }

    @Override
    public void clear(long address, long bytes) {
        check("cuMemsetD8Async", JCudaDriver.cuMemsetD8Async(new DeviceAddress(address), (byte) 0, bytes, stream));
    }

    @Override
    public void mark(int mark) {
        check("cuEventRecord", JCudaDriver.cuEventRecord(marks[mark], stream));
        marked[mark] = true;
    }

    @Override
    public void await(int mark) {
        if (marked[mark]) {
            check("cuEventSynchronize", JCudaDriver.cuEventSynchronize(marks[mark]));
        }
    }

    @Override
    public void synchronize() {
        check("cuStreamSynchronize", JCudaDriver.cuStreamSynchronize(stream));
    }

    @Override
    public long[] load(byte[] image, String... names) {
        var module = new CUmodule();
        check("cuModuleLoadData", JCudaDriver.cuModuleLoadData(module, image));
        modules.add(module);
        var handles = new long[names.length];
        for (int i = 0; i < names.length; i++) {
            var function = new CUfunction();
            check("cuModuleGetFunction of " + names[i], JCudaDriver.cuModuleGetFunction(function, module, names[i]));
            handles[i] = functions.size();
            functions.add(function);
        }
        return handles;
    }

    @Override
    public void launch(long function, int grid, int gridY, int blockX, int blockY, long parameters) {
        check(
                "cuLaunchKernel",
                JCudaDriver.cuLaunchKernel(
                        functions.get((int) function),
                        grid,
                        gridY,
                        1,
                        blockX,
                        blockY,
                        1,
                        0,
                        stream,
                        new Address(parameters),
                        null));
    }

    /** Relaxed: cuBLAS and cuDNN may do what they like on the way, and nobody else uses the stream meanwhile. */
    @Override
    public void beginRecording() {
        check(
                "cuStreamBeginCapture",
                JCudaDriver.cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_RELAXED));
    }

    @Override
    public long endRecording() {
        var graph = new CUgraph();
        check("cuStreamEndCapture", JCudaDriver.cuStreamEndCapture(stream, graph));
        var recording = new CUgraphExec();
        try {
            check("cuGraphInstantiate", JCudaDriver.cuGraphInstantiate(recording, graph, 0));
        } finally {
            check("cuGraphDestroy", JCudaDriver.cuGraphDestroy(graph));
        }
        recordings.put(++handles, recording);
        return handles;
    }

    @Override
    public void abandonRecording() {
        var graph = new CUgraph();
        if (JCudaDriver.cuStreamEndCapture(stream, graph) == 0) {
            check("cuGraphDestroy", JCudaDriver.cuGraphDestroy(graph));
        }
    }

    @Override
    public void replay(long recording) {
        check("cuGraphLaunch", JCudaDriver.cuGraphLaunch(recordings.get(recording), stream));
    }

    @Override
    public void forget(long recording) {
        synchronize();
        check("cuGraphExecDestroy", JCudaDriver.cuGraphExecDestroy(recordings.remove(recording)));
    }

    @Override
    public long time() {
        var event = new CUevent();
        check("cuEventCreate", JCudaDriver.cuEventCreate(event, CUevent_flags.CU_EVENT_DEFAULT));
        check("cuEventRecord", JCudaDriver.cuEventRecord(event, stream));
        times.put(++handles, event);
        return handles;
    }

    @Override
    public double between(long first, long second) {
        var milliseconds = new float[1];
        var from = times.remove(first);
        check("cuEventElapsedTime", JCudaDriver.cuEventElapsedTime(milliseconds, from, times.get(second)));
        check("cuEventDestroy", JCudaDriver.cuEventDestroy(from));
        return milliseconds[0];
    }

    @Override
    public void close() {
        bind();
        synchronize();
        List.copyOf(recordings.keySet()).forEach(this::forget);
        for (var time : times.values()) {
            check("cuEventDestroy", JCudaDriver.cuEventDestroy(time));
        }
        for (var module : modules) {
            check("cuModuleUnload", JCudaDriver.cuModuleUnload(module));
        }
        for (var mark : marks) {
            check("cuEventDestroy", JCudaDriver.cuEventDestroy(mark));
        }
        check("cuStreamDestroy", JCudaDriver.cuStreamDestroy(stream));
        check("cuDevicePrimaryCtxRelease", JCudaDriver.cuDevicePrimaryCtxRelease(device));
    }

    /** A pointer to memory at a raw address, which JCuda's own cannot express. */
    public static final class Address extends Pointer {
        public Address(long address) {
            super(address);
        }

        Address() {}

        long address() {
            return getNativePointer() + getByteOffset();
        }
    }

    /** The same for the type that the driver's own functions take: an offset from address 0. */
    private static final class DeviceAddress extends CUdeviceptr {
        DeviceAddress() {}

        DeviceAddress(long address) {
            super(new CUdeviceptr(), address);
        }

        long address() {
            return getNativePointer() + getByteOffset();
        }
    }
}
