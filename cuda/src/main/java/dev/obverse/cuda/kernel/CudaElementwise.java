package dev.obverse.cuda.kernel;

import dev.obverse.backend.Binary;
import dev.obverse.backend.Broadcast;
import dev.obverse.backend.ElementwiseKernels;
import dev.obverse.backend.Storage;
import dev.obverse.backend.Unary;
import dev.obverse.cuda.device.CudaContext;

/** Functions of single elements, {@code elementwise.cu}. */
public record CudaElementwise(CudaContext context, Launcher launcher) implements ElementwiseKernels {
    @Override
    public void unary(Unary f, Storage x, Storage y, int n) {
        context.run(
                "unary",
                f,
                () -> launcher.begin()
                        .with(n)
                        .with((float) f.a())
                        .with((float) f.b())
                        .with(x)
                        .with(y)
                        .overElements("unary_" + f.kind(), n));
    }

    @Override
    public void unaryGradient(Unary f, Storage x, Storage y, Storage dy, Storage dx, int n) {
        context.run(
                "unaryGradient",
                f,
                () -> launcher.begin()
                        .with(n)
                        .with((float) f.a())
                        .with((float) f.b())
                        .with(x)
                        .with(y)
                        .with(dy)
                        .with(dx)
                        .overElements("gradient_" + f.kind(), n));
    }

    @Override
    public void binary(Binary f, Broadcast broadcast, Storage a, Storage b, Storage y) {
        int n = broadcast.length();
        if (n == 0) {
            return;
        }
        context.run(f.name(), broadcast, () -> {
            var axes = Axes.of(f.name(), broadcast.extents(), broadcast.stridesA(), broadcast.stridesB());
            launcher.begin().with(n);
            if (!axes.dense()) {
                launcher.withStruct(axes.fields());
            }
            launcher.with(a).with(b).with(y).overElements((axes.dense() ? "dense_" : "strided_") + f, n);
        });
    }

    @Override
    public void accumulate(Storage source, Storage target, int n) {
        context.run(
                "accumulate",
                n,
                () -> launcher.begin().with(n).with(source).with(target).overElements("accumulate", n));
    }
}
