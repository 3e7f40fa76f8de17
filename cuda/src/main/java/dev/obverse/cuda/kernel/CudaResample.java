package dev.obverse.cuda.kernel;

import dev.obverse.backend.ResampleKernels;
import dev.obverse.backend.ResizeSpec;
import dev.obverse.backend.Storage;
import dev.obverse.cuda.device.CudaContext;

/** Resizing, {@code resample.cu}. */
public record CudaResample(CudaContext context, Launcher launcher) implements ResampleKernels {
    @Override
    public void resize(ResizeSpec spec, Storage x, Storage y) {
        start("resize", spec, spec.outW(), spec.outH(), x, y);
    }

    @Override
    public void resizeGradient(ResizeSpec spec, Storage dy, Storage dx) {
        start("resize_gradient", spec, spec.w(), spec.h(), dy, dx);
    }

    private void start(String kernel, ResizeSpec s, int width, int height, Storage from, Storage to) {
        int n = s.n() * height * width * s.c();
        context.run(
                kernel,
                s,
                () -> launcher.begin()
                        .with(n)
                        .withStruct(
                                s.h(), s.w(), s.c(), s.outH(), s.outW(), s.mode() == ResizeSpec.Mode.BILINEAR ? 1 : 0)
                        .withDivisor(s.c())
                        .withDivisor(width)
                        .withDivisor(height)
                        .with(from)
                        .with(to)
                        .overElements(kernel, n));
    }
}
