package dev.obverse.cuda.kernel;

import dev.obverse.backend.ConvKernels;
import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.ConvTail;
import dev.obverse.backend.CopySpec;
import dev.obverse.backend.Storage;
import dev.obverse.cuda.device.CudaContext;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions: a library's, or plain kernels where it has none for a shape; bias and activation are our own kernel. An
 * image in several blocks is copied into one and back.
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
    private final Mover mover;

    public CudaConv(CudaContext context, FastConv fast, Launcher launcher) {
        this.context = context;
        this.fast = fast;
        plain = new PlainConv(launcher);
        epilogue = new ConvEpilogue(context, launcher);
        mover = new Mover(launcher);
    }

    /** Calls {@code work} with the image {@code x} in one block. */
    private void read(ConvSpec s, List<Storage> x, Consumer<Storage> work) {
        if (x.size() == 1) {
            work.accept(x.getFirst());
            return;
        }
        var whole = context.allocate(s.inPixels() * s.cin());
        int at = 0;
        for (var part : x) {
            int channels = s.channels(part);
            copy(CopySpec.columns(s.inPixels(), channels, 0, channels, at, s.cin()), part, whole);
            at += channels;
        }
        work.accept(whole);
        context.release(whole);
    }

    /** Calls {@code work} to overwrite the image {@code x} in one block. */
    private void write(ConvSpec s, List<Storage> x, Consumer<Storage> work) {
        if (x.size() == 1) {
            work.accept(x.getFirst());
            return;
        }
        var whole = context.allocate(s.inPixels() * s.cin());
        work.accept(whole);
        int at = 0;
        for (var part : x) {
            int channels = s.channels(part);
            copy(CopySpec.columns(s.inPixels(), channels, at, s.cin(), 0, channels), whole, part);
            at += channels;
        }
        context.release(whole);
    }

    private void copy(CopySpec columns, Storage from, Storage to) {
        if (columns.length() > 0) {
            mover.copy(columns, context.address(from), context.address(to));
        }
    }

    /** Whether there is nothing to multiply: an empty batch, or no channels on one side. */
    private static boolean empty(ConvSpec s) {
        return s.n() == 0 || s.cin() == 0 || s.cout() == 0;
    }

    @Override
    public void forward(ConvSpec spec, double slope, List<Storage> x, Storage w, @Nullable Storage bias, Storage y) {
        context.run("conv2d", spec, () -> {
            if (empty(spec)) {
                clear(y, spec.outPixels() * spec.cout());
            } else {
                read(spec, x, image -> {
                    if (!fast.forward(spec, image, w, y)) {
                        plain.forward(spec, image, w, y);
                    }
                });
            }
            epilogue.apply(spec.outPixels(), spec.cout(), slope, bias, y);
        });
    }

    @Override
    public void infer(ConvSpec spec, ConvTail tail, List<Storage> x, Storage w, @Nullable Storage bias, Storage y) {
        forward(spec, tail.isLeaky() ? tail.slope() : 1, x, w, bias, y);
        if (!tail.isLeaky()) {
            context.run("conv2d's end", spec, () -> epilogue.end(tail, spec.outPixels(), spec.cout(), y));
        }
    }

    @Override
    public void inputGradient(ConvSpec spec, Storage dy, Storage w, List<Storage> dx) {
        context.run("conv2d input gradient", spec, () -> {
            if (empty(spec)) {
                dx.forEach(part -> clear(part, part.length()));
                return;
            }
            write(spec, dx, image -> {
                if (!fast.inputGradient(spec, dy, w, image)) {
                    plain.inputGradient(spec, dy, w, image);
                }
            });
        });
    }

    @Override
    public void weightGradient(ConvSpec spec, List<Storage> x, Storage dy, Storage dw) {
        context.run("conv2d weight gradient", spec, () -> {
            if (empty(spec)) {
                clear(dw, spec.weightSize());
            } else {
                read(spec, x, image -> {
                    if (!fast.weightGradient(spec, image, dy, dw)) {
                        plain.weightGradient(spec, image, dy, dw);
                    }
                });
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
