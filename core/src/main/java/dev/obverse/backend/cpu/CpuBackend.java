package dev.obverse.backend.cpu;

import dev.obverse.backend.Backend;
import dev.obverse.backend.ConvKernels;
import dev.obverse.backend.ElementwiseKernels;
import dev.obverse.backend.IndexKernels;
import dev.obverse.backend.MatmulKernels;
import dev.obverse.backend.MemoryKernels;
import dev.obverse.backend.NormKernels;
import dev.obverse.backend.OptimizerKernels;
import dev.obverse.backend.PoolKernels;
import dev.obverse.backend.ReduceKernels;
import dev.obverse.backend.ResampleKernels;
import dev.obverse.backend.cpu.simd.VectorElementwise;
import dev.obverse.tensor.Device;

/**
 * float32 on this machine's cores.
 *
 * <p>A kernel family's class here cuts the work into pieces and knows the geometry; its innermost loops exist twice, on
 * {@code jdk.incubator.vector} and in plain Java. System properties:
 *
 * <ul>
 *   <li>{@code obverse.cpu}: {@code simd} or {@code scalar} instead of what fits
 *   <li>{@code obverse.cpu.poison}: {@code true} to fill memory with NaN when it is handed out and when it comes back
 * </ul>
 */
public final class CpuBackend implements Backend {
    /** Part of the heap that given-back arrays may occupy. */
    private static final double POOLED_PART = 0.6;

    private final boolean vector;
    private final ArrayPool pool;
    private final CpuMemory memory;
    private final CpuElementwise elementwise;
    private final CpuReduce reduce;
    private final CpuMatmul matmul;
    private final ConvKernels conv;
    private final CpuPool pooling;
    private final CpuNorm norm;
    private final CpuResample resample;
    private final CpuIndex index;
    private final CpuOptimizer optimizer;

    CpuBackend(boolean vector, ConvAlgorithm algorithm, ArrayPool pool) {
        var loops = vector ? Loops.vector() : Loops.scalar();
        this.vector = vector;
        this.pool = pool;
        memory = new CpuMemory(pool);
        elementwise = new CpuElementwise(loops.elementwise());
        index = new CpuIndex(loops.elementwise());
        reduce = new CpuReduce(loops.reduce());
        matmul = new CpuMatmul(vector);
        var images = new PartedImages(loops.elementwise(), pool);
        conv = vector ? new VectorConv(algorithm, images) : new ScalarConv(images);
        pooling = new CpuPool(loops.pool());
        norm = new CpuNorm(loops.reduce(), loops.norm(), loops.softmax());
        resample = new CpuResample(loops.resample());
        optimizer = new CpuOptimizer(loops.optimizer());
    }

    /**
     * The backend that fits this Java process: SIMD where the module is there.
     *
     * @throws IllegalStateException if {@code obverse.cpu} asks for SIMD and the module is not there
     */
    public static CpuBackend open() {
        return open(ConvAlgorithm.chosen());
    }

    /** As {@link #open()}, with a certain algorithm for convolutions. */
    public static CpuBackend open(ConvAlgorithm algorithm) {
        long capacity = (long) (POOLED_PART * Runtime.getRuntime().maxMemory());
        return new CpuBackend(
                VectorModule.chosen(), algorithm, new ArrayPool(capacity, Boolean.getBoolean("obverse.cpu.poison")));
    }

    @Override
    public Device device() {
        return Device.cpu();
    }

    @Override
    public String description() {
        var loops = vector ? VectorElementwise.lanes() + " float lanes" : "scalar loops";
        return "CPU, " + loops + ", " + Workers.threads() + " threads";
    }

    /** What the memory pool has done so far. */
    public ArrayPool.Statistics memoryStatistics() {
        return pool.statistics();
    }

    @Override
    public MemoryKernels memory() {
        return memory;
    }

    @Override
    public ElementwiseKernels elementwise() {
        return elementwise;
    }

    @Override
    public ReduceKernels reduce() {
        return reduce;
    }

    @Override
    public MatmulKernels matmul() {
        return matmul;
    }

    @Override
    public ConvKernels conv() {
        return conv;
    }

    @Override
    public PoolKernels pool() {
        return pooling;
    }

    @Override
    public NormKernels norm() {
        return norm;
    }

    @Override
    public ResampleKernels resample() {
        return resample;
    }

    @Override
    public IndexKernels index() {
        return index;
    }

    @Override
    public OptimizerKernels optimizer() {
        return optimizer;
    }
}
