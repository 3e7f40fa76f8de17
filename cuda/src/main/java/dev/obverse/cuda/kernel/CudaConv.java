package dev.obverse.cuda.kernel;

import dev.obverse.backend.ConvKernels;
import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.ConvTail;
import dev.obverse.backend.Storage;
import dev.obverse.cuda.device.CudaContext;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions: a library's, or plain kernels where it has none for a shape; bias and activation are our own kernel.
 */
public final class CudaConv implements ConvKernels {
    /**
     * A library's convolutions, called within {@link CudaContext#run}; each returns false if it has none for a shape.
     */
    public interface FastConv {
        boolean forward(ConvSpec spec, Storage x, Storage w, Storage y);

        boolean inputGradient(ConvSpec spec, Storage dy, Storage w, Storage dx);

        boolean weightGradient(ConvSpec spec, Storage x, Storage dy, Storage dw);
    }

    private final CudaContext context;
    private final FastConv fast;
    private final PlainConv plain;
    private final ConvEpilogue epilogue;

    public CudaConv(CudaContext context, FastConv fast, Launcher launcher) {
        this.context = context;
        this.fast = fast;
        plain = new PlainConv(launcher);
        epilogue = new ConvEpilogue(context, launcher);
    }

    /** Whether there is nothing to multiply: an empty batch, or no channels on one side. */
    private static boolean empty(ConvSpec s) {
        return s.n() == 0 || s.cin() == 0 || s.cout() == 0;
    }

    @Override
    public void forward(ConvSpec spec, double slope, Storage x, Storage w, @Nullable Storage bias, Storage y) {
        context.run("conv2d", spec, () -> {
            if (empty(spec)) {
                clear(y, spec.outPixels() * spec.cout());
            } else if (!fast.forward(spec, x, w, y)) {
                plain.forward(spec, x, w, y);
            }
            epilogue.apply(spec.outPixels(), spec.cout(), slope, bias, y);
        });
    }

    @Override
    public void infer(ConvSpec spec, ConvTail tail, Storage x, Storage w, @Nullable Storage bias, Storage y) {
        forward(spec, tail.isLeaky() ? tail.slope() : 1, x, w, bias, y);
        if (!tail.isLeaky()) {
            context.run("conv2d's end", spec, () -> epilogue.end(tail, spec.outPixels(), spec.cout(), y));
        }
    }

    @Override
    public void inputGradient(ConvSpec spec, Storage dy, Storage w, Storage dx) {
        context.run("conv2d input gradient", spec, () -> {
            if (empty(spec)) {
                clear(dx, spec.n() * spec.h() * spec.w() * spec.cin());
            } else if (!fast.inputGradient(spec, dy, w, dx)) {
                plain.inputGradient(spec, dy, w, dx);
            }
        });
    }

    @Override
    public void weightGradient(ConvSpec spec, Storage x, Storage dy, Storage dw) {
        context.run("conv2d weight gradient", spec, () -> {
            if (empty(spec)) {
                clear(dw, spec.weightSize());
            } else if (!fast.weightGradient(spec, x, dy, dw)) {
                plain.weightGradient(spec, x, dy, dw);
            }
        });
    }

    @Override
    public void epilogueGradient(
            int pixels, int channels, double slope, Storage y, Storage dy, Storage dz, @Nullable Storage dbias) {
        context.run(
                "conv2d epilogue gradient",
                pixels + " pixels of " + channels,
                () -> epilogue.gradient(pixels, channels, slope, y, dy, dz, dbias));
    }

    private void clear(Storage array, int n) {
        if (n > 0) {
            context.card().clear(context.address(array), 4L * n);
        }
    }
}
