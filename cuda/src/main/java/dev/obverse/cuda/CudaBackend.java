package dev.obverse.cuda;

import dev.obverse.backend.AsynchronousBackend;
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
import dev.obverse.backend.StepKernels;
import dev.obverse.cuda.device.CudaContext;
import dev.obverse.cuda.device.DevicePool;
import dev.obverse.cuda.kernel.CudaConv;
import dev.obverse.cuda.kernel.CudaElementwise;
import dev.obverse.cuda.kernel.CudaIndex;
import dev.obverse.cuda.kernel.CudaMemory;
import dev.obverse.cuda.kernel.CudaNorm;
import dev.obverse.cuda.kernel.CudaOptimizer;
import dev.obverse.cuda.kernel.CudaPool;
import dev.obverse.cuda.kernel.CudaReduce;
import dev.obverse.cuda.kernel.CudaResample;
import dev.obverse.cuda.kernel.CudaSteps;
import dev.obverse.cuda.kernel.Launcher;
import dev.obverse.tensor.Device;

/**
 * float32 on one NVIDIA card: convolutions by cuDNN, matrix products by cuBLAS, everything else by kernels of our own.
 * {@link CudaSettings} has the system properties.
 */
public final class CudaBackend implements AsynchronousBackend {
    private final CudaContext context;
    private final String description;
    private final MatmulKernels matmul;
    private final CudaConv conv;
    private final CudaMemory memory;
    private final CudaElementwise elementwise;
    private final CudaReduce reduce;
    private final CudaPool pool;
    private final CudaNorm norm;
    private final CudaResample resample;
    private final CudaIndex index;
    private final CudaOptimizer optimizer;
    private final CudaSteps steps;

    /** @param records whether repeated work may be recorded and replayed */
    CudaBackend(
            CudaContext context,
            Launcher launcher,
            MatmulKernels matmul,
            CudaConv.FastConv conv,
            boolean records,
            String description) {
        this.context = context;
        this.description = description;
        this.matmul = matmul;
        this.conv = new CudaConv(context, conv, launcher);
        memory = new CudaMemory(context, launcher);
        elementwise = new CudaElementwise(context, launcher);
        reduce = new CudaReduce(context, launcher);
        pool = new CudaPool(context, launcher);
        norm = new CudaNorm(context, launcher);
        resample = new CudaResample(context, launcher);
        index = new CudaIndex(context, launcher);
        optimizer = new CudaOptimizer(context, launcher);
        steps = new CudaSteps(context, launcher, records);
    }

    @Override
    public Device device() {
        return context.device();
    }

    @Override
    public String description() {
        return description;
    }

    /** What the memory pool has done so far. */
    public DevicePool.Statistics memoryStatistics() {
        return context.pool().statistics();
    }

    /** What tensors hold now, one line for each asker. */
    public String leaks() {
        return context.pool().leaks();
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
        return pool;
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

    @Override
    public StepKernels steps() {
        return steps;
    }

    @Override
    public Profile profile() {
        return context.profile()::take;
    }
}
