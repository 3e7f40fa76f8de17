package dev.obverse.cuda.kernel;

import dev.obverse.backend.PoolKernels;
import dev.obverse.backend.PoolSpec;
import dev.obverse.backend.Storage;
import dev.obverse.cuda.device.CudaContext;

/**
 * Pooling, {@code pool.cu}. Not cuDNN's: it does not promise to which of several equal elements a maximum's gradient
 * goes.
 */
public record CudaPool(CudaContext context, Launcher launcher) implements PoolKernels {
    @Override
    public void max(PoolSpec spec, Storage x, Storage y) {
        overOutputs("max_pool", spec, x, y);
    }

    @Override
    public void maxGradient(PoolSpec spec, Storage x, Storage y, Storage dy, Storage dx) {
        overInputs("max_pool_gradient", spec, x, y, dy, dx);
    }

    @Override
    public void average(PoolSpec spec, Storage x, Storage y) {
        overOutputs("average_pool", spec, x, y);
    }

    @Override
    public void averageGradient(PoolSpec spec, Storage dy, Storage dx) {
        overInputs("average_pool_gradient", spec, dy, dx);
    }

    private void overOutputs(String kernel, PoolSpec s, Storage... arrays) {
        start(kernel, s, s.outW(), s.outH(), arrays);
    }

    private void overInputs(String kernel, PoolSpec s, Storage... arrays) {
        start(kernel, s, s.w(), s.h(), arrays);
    }

    private void start(String kernel, PoolSpec s, int width, int height, Storage... arrays) {
        int n = s.n() * height * width * s.c();
        context.run(kernel, s, () -> {
            launcher.begin()
                    .with(n)
                    .withStruct(
                            s.h(),
                            s.w(),
                            s.c(),
                            s.outH(),
                            s.outW(),
                            s.kh(),
                            s.kw(),
                            s.strideH(),
                            s.strideW(),
                            s.padH(),
                            s.padW())
                    .withDivisor(s.c())
                    .withDivisor(width)
                    .withDivisor(height);
            for (var array : arrays) {
                launcher.with(array);
            }
            launcher.overElements(kernel, n);
        });
    }
}
