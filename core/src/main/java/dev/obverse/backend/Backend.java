package dev.obverse.backend;

import dev.obverse.tensor.Device;

/**
 * Everything a device must be able to compute: the contract that every op is written against.
 *
 * <p>All tensors are dense, row-major and channels-last. Every kernel overwrites its whole result unless its
 * documentation says that it accumulates, never writes to an input, and returns the same bits every time it is given
 * the same bits. Arguments have been checked by the op that calls; kernels do not check again.
 *
 * <p>A result may share its storage with an input only where a kernel says so.
 */
public interface Backend {
    /** The device this backend computes on. */
    Device device();

    /** One line for people: which implementation runs, and on what. */
    String description();

    MemoryKernels memory();

    ElementwiseKernels elementwise();

    ReduceKernels reduce();

    MatmulKernels matmul();

    ConvKernels conv();

    PoolKernels pool();

    NormKernels norm();

    ResampleKernels resample();

    IndexKernels index();

    OptimizerKernels optimizer();
}
