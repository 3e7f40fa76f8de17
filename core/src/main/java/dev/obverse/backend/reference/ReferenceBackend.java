package dev.obverse.backend.reference;

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
import dev.obverse.tensor.Device;

/**
 * The oracle: float64, naive loops that a reader can check against a textbook, no pool, no threads, no state.
 *
 * <p>It is also the strictest backend. A block is exactly as long as its tensor, so a read beyond it throws; a new
 * block is full of NaN, so an element that a kernel forgets to write shows; a block that was given back is refused.
 */
public final class ReferenceBackend implements Backend {
    @Override
    public Device device() {
        return Device.reference();
    }

    @Override
    public String description() {
        return "reference: float64, naive loops, one thread";
    }

    @Override
    public MemoryKernels memory() {
        return new ReferenceMemory();
    }

    @Override
    public ElementwiseKernels elementwise() {
        return new ReferenceElementwise();
    }

    @Override
    public ReduceKernels reduce() {
        return new ReferenceReduce();
    }

    @Override
    public MatmulKernels matmul() {
        return new ReferenceMatmul();
    }

    @Override
    public ConvKernels conv() {
        return new ReferenceConv();
    }

    @Override
    public PoolKernels pool() {
        return new ReferencePool();
    }

    @Override
    public NormKernels norm() {
        return new ReferenceNorm();
    }

    @Override
    public ResampleKernels resample() {
        return new ReferenceResample();
    }

    @Override
    public IndexKernels index() {
        return new ReferenceIndex();
    }

    @Override
    public OptimizerKernels optimizer() {
        return new ReferenceOptimizer();
    }
}
